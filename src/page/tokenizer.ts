/**
 * parse5's tokenizer, but that a run of characters which only follow one another is taken at once. Taken one by one they
 * are joined to a string that takes 32 bytes a character until it is read, and most of a page's time goes there.
 */
import { Token, Tokenizer } from 'parse5';

/** Runs, each of them within the states that it is for. A line feed made of a carriage return is left to parse5. */
const TEXT = /[^<&\0\r\t\n\f ]+/y;
const WHITE_SPACE = /[\t\n\f ]+/y;
const COMMENT = /[^<\0\r-]+/y;
const DOUBLE_QUOTED = /[^"&\0\r]+/y;
const SINGLE_QUOTED = /[^'&\0\r]+/y;
const UNQUOTED = /[^>&\0\r\t\n\f ]+/y;

export class RunTokenizer extends Tokenizer {
  protected override _stateData(cp: number): void {
    if (!this.#takeText(cp)) super._stateData(cp);
  }

  protected override _stateRcdata(cp: number): void {
    if (!this.#takeText(cp)) super._stateRcdata(cp);
  }

  protected override _stateRawtext(cp: number): void {
    if (!this.#takeText(cp)) super._stateRawtext(cp);
  }

  protected override _stateScriptData(cp: number): void {
    if (!this.#takeText(cp)) super._stateScriptData(cp);
  }

  protected override _stateComment(cp: number): void {
    const run = this.#take(cp, COMMENT);
    if (run === null) super._stateComment(cp);
    else (this.currentToken as Token.CommentToken).data += run;
  }

  protected override _stateAttributeValueDoubleQuoted(cp: number): void {
    const run = this.#take(cp, DOUBLE_QUOTED);
    if (run === null) super._stateAttributeValueDoubleQuoted(cp);
    else this.currentAttr.value += run;
  }

  protected override _stateAttributeValueSingleQuoted(cp: number): void {
    const run = this.#take(cp, SINGLE_QUOTED);
    if (run === null) super._stateAttributeValueSingleQuoted(cp);
    else this.currentAttr.value += run;
  }

  protected override _stateAttributeValueUnquoted(cp: number): void {
    const run = this.#take(cp, UNQUOTED);
    if (run === null) super._stateAttributeValueUnquoted(cp);
    else this.currentAttr.value += run;
  }

  /** White space and other characters are tokens of their own. */
  #takeText(cp: number): boolean {
    const text = this.#take(cp, TEXT);
    const run = text ?? this.#take(cp, WHITE_SPACE);
    if (run === null) return false;
    const type = text === null ? Token.TokenType.WHITESPACE_CHARACTER : Token.TokenType.CHARACTER;
    this._appendCharToCurrentCharacterToken(type, run);
    return true;
  }

  /** The run that begins with the character just read, and goes behind it; null where it begins none. */
  #take(cp: number, run: RegExp): string | null {
    const { preprocessor } = this;
    const { html, pos } = preprocessor;
    if (cp > 0xffff) return null; // of the two halves the first is passed already
    run.lastIndex = pos;
    if (!run.test(html)) return null;
    preprocessor.pos = run.lastIndex - 1;
    return html.slice(pos, run.lastIndex);
  }
}
