/** A count and what is counted, as every message for people joins them. */

/**
 * `1 article`, `2,000 articles`; with both forms what follows agrees, too: `counted(n, 'article waits', 'articles wait')`.
 * @param many by default `one` and an `s`
 */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `2,000`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
