/** Text into markup: the only place that escapes. */

/** For text between tags. */
export function text(plain: string): string {
  return plain.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** For a value between double quotes. */
export function attribute(plain: string): string {
  return plain.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** For a string between single quotes in a script. */
export function scriptString(plain: string): string {
  return plain.replace(/['\\]/g, '\\$&').replace(/</g, '\\x3c');
}

/** JSON that may stand inside a script element. */
export function scriptJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(/</g, '\\u003c');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
