/** Text for manual pages, in the macros of man(7): what `man`, groff and mandoc read. */

/** A page's head. @param section such as 1 @param about what stands in the list of all pages */
export function head(name: string, section: number, about: string): string {
  return [
    // Without a title in the midst: there is no room for it where a terminal is narrow.
    `.TH ${name.toUpperCase()} ${section} "" "guancha\\-archive" " "`,
    // No wide spaces between words and sentences, and no hyphens in them.
    '.ad l',
    '.ss 12 0',
    '.nh',
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(about)}`,
    '',
  ].join('\n');
}

export function section(title: string, body: string): string {
  return `.SH ${title.toUpperCase()}\n${body.replace(/^\.PP\n/, '')}`;
}

export function subsection(title: string, body: string): string {
  return `.SS ${escaped(title)}\n${body}`;
}

/** @param text with `code` as in Markdown, which is printed bold */
export function paragraph(text: string): string {
  return `.PP\n${inline(text)}\n`;
}

/** A term and what it means, indented. @param term as `bold`, `placeholder` or `command` give it */
export function item(term: string, body: string): string {
  return `.TP\n${term}\n${body === '' ? '\\&' : inline(body)}\n`;
}

/** What belongs to the item before it, indented as that is. */
export function inner(body: string): string {
  return body === '' ? '' : `.RS\n${body}.RE\n`;
}

/** Lines as they stand, indented. */
export function literal(lines: readonly string[]): string {
  return `.PP\n.RS 4\n.nf\n${lines.map((each) => guarded(escaped(each))).join('\n')}\n.fi\n.RE\n`;
}

export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** Words as they stand. */
export function plain(text: string): string {
  return escaped(text);
}

/** A line of a command or flag: what is typed as it stands bold, what stands for something else in italics. */
export function usage(text: string): string {
  return text
    .split(/(<[^>]*>|\[[^\]]*\])/)
    .map((part, index) => (index % 2 === 1 ? `\\fI${escaped(part)}\\fR` : part.trim() === '' ? part : bold(part)))
    .join('');
}

function inline(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const parts = line.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? bold(part) : escaped(part)));
  return wrapped(parts.join('')).map(guarded).join('\n');
}

/** Of the input, by convention, and as groff reads it; how wide the page is shown, the reader's terminal says. */
const LINE_BYTES = 80;

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.replace(/[^ -~]/g, '\\[uXXXX]').length <= LINE_BYTES)
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** What groff would take for a command, a hyphen or a curly sign (groff_char(7)). */
function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '\\': '\\e',
    '-': '\\-',
    "'": '\\(aq',
    '`': '\\(ga',
    '^': '\\(ha',
    '~': '\\(ti',
    '"': '\\(dq',
  };
  return text.replace(/[\\\-'`^~"]/g, (sign) => signs[sign] ?? sign);
}

/** A line that begins with a dot is a command. */
function guarded(line: string): string {
  return line.startsWith('.') ? `\\&${line}` : line;
}
