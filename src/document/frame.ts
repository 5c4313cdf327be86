/** The frame of a document as one regular expression: whatever reads documents asks it. */

/** The whole frame: document-format.md, section 2. */
export const FRAME =
  /^\n---\ntitle: ((?:'[^\n]*')|(?:"[^\n]*"))\ncategories: \n - ([^\n]+)\n - ([^\n]+)\n - ([^\n]+)\nheadimg: '([^'\n]*)'\nauthor: ([^\n]+)\ncomments: false\ndate: ([^\n]+)\nthumbnail: '([^'\n]*)'\n---\n\n<div> {3}\n([\s\S]*) {2}\n<\/div>\n {12}$/;

/** Braces as they were before `writeDocument` escaped them. */
export function restoreBraces(text: string): string {
  return text.replaceAll('&#123;', '{').replaceAll('&#125;', '}');
}
