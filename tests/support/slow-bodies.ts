/** Bodies on which a search in the square of its input would be felt. */
export const SLOW_BODIES: readonly (readonly [name: string, html: string])[] = [
  ['many unknown elements', '<x>茶</x>'.repeat(12_000)],
  ['unknown elements one in another', `${'<x>'.repeat(1200)}${'茶'.repeat(100_000)}`],
  ['many bare texts', '<p>茶</p>馆'.repeat(8_000)],
  ['many hidden texts', `${'<p hidden>'.repeat(10_000)}茶`],
  ['many pictures without an address', `茶${'<img>'.repeat(25_000)}`],
  ['many brackets', '（文/'.repeat(50_000)],
  ['many links', '<p><a href="/a/2020_01_01_5.shtml">茶</a></p>'.repeat(8_000)],
];
