/**
 * The search of pages that are files: from the index it takes the articles in which all pairs of characters of the query
 * stand, the newest first, and looks into the text of each. It reads no more than it has to, and a page at a time.
 */
import type { Folded, Folding } from './files-folding.ts';
import type { nameOfRows, nameOfShard, placeOf, readNumbers, Shard } from './files-index.ts';

export interface FilesSearchTools {
  readonly folding: Folding;
  /** Reads a file of the index. */
  readonly load: (name: string) => Promise<Shard>;
  readonly readNumbers: typeof readNumbers;
  readonly nameOfShard: typeof nameOfShard;
  readonly nameOfRows: typeof nameOfRows;
  readonly placeOf: typeof placeOf;
}

/** A stretch of text; `hit` for what the query asked for. */
interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

export interface FilesHit {
  readonly id: string;
  /** `2026-10-14 21:22`, in Beijing; a day alone where no more is known. */
  readonly time: string;
  readonly title: readonly Piece[];
  readonly snippet: readonly Piece[];
}

/** `short`: a word of the query has less than two characters. */
export type FilesAnswer =
  | { readonly kind: 'nothing asked' | 'short' }
  | {
      readonly kind: 'found';
      readonly hits: readonly FilesHit[];
      /** Where the search goes on; null at the end. */
      readonly next: number | null;
      /** Of all articles; null where that is not known. */
      readonly total: number | null;
    };

export interface FilesSearch {
  /** @param before as `next` of the answer before; rejects where a file of the index cannot be read */
  find(query: string, before?: number): Promise<FilesAnswer>;
}

/** Runs in browsers as well: what it needs is in it, or given. */
export function openFilesSearch(tools: FilesSearchTools): FilesSearch {
  const { folding, readNumbers: read, nameOfShard: shardName, nameOfRows: rowsName, placeOf: place } = tools;
  /** Hits of an answer. */
  const most = 10;
  /** So many lists are read at once; of a longer query the others where the first ones prove too wide. */
  const widest = 6;
  /** An answer ends, with what it has, where it has read so many bytes. */
  const budget = 150_000;
  const snippetLength = 110;

  interface Word {
    readonly flat: string;
    /** Pairs that together have every character, and those between them. */
    readonly pairs: readonly string[];
    readonly spare: readonly string[];
    readonly not: boolean;
  }
  /** The articles of a pair, the newest first: all from the number `from` on are known. */
  interface List {
    numbers: readonly number[];
    from: number;
    readonly count: number;
    older: number;
    readonly first: number;
    readonly second: number;
  }
  interface Article {
    readonly id: string;
    readonly time: string;
    readonly title: string;
    readonly texts: readonly string[];
    readonly folded: readonly Folded[];
  }

  const shards = new Map<string, Promise<Shard>>();
  const lists = new Map<string, Promise<List>>();
  const encoder = new TextEncoder();
  let spent = 0;

  return {
    find: async (query, before = Number.POSITIVE_INFINITY) => {
      const words = wordsOf(query);
      if (words.length === 0) return { kind: 'nothing asked' };
      if (words.some((word) => word.pairs.length === 0) || words.every(({ not }) => not)) return { kind: 'short' };
      spent = 0;
      const wanted = words.filter(({ not }) => !not);
      const unwanted = words.filter(({ not }) => not);
      const pairs = [...new Set(wanted.flatMap((word) => word.pairs))];
      const known = await Promise.all(pairs.slice(0, widest).map(listOf));
      const spare = [...new Set([...pairs.slice(widest), ...wanted.flatMap((word) => word.spare)])];
      const without = unwanted.flatMap(({ flat, pairs }) => ([...flat].length === 2 ? pairs : []));
      const excluded: List[] = [];
      const hits: FilesHit[] = [];
      for (let at = before; ; ) {
        const from = Math.max(...known.map((list) => list.from));
        const candidates = common(known, excluded, from, at);
        let wasRefined = false;
        for (let i = 0; i < candidates.length && !wasRefined; ) {
          const group = candidates.slice(i, i + Math.min(5, most - hits.length));
          const articles = await Promise.all(group.map(articleOf));
          for (const [j, article] of articles.entries()) {
            at = group[j] ?? at;
            if (wanted.some((word) => !holds(article, word))) wasRefined ||= await refine(spare, known);
            else if (unwanted.some((word) => holds(article, word))) wasRefined ||= await refine(without, excluded);
            else hits.push(hitOf(article, wanted));
          }
          i += group.length;
          if (hits.length >= most || spent > budget) return answer(i < candidates.length || from > 0 ? at : null);
        }
        if (wasRefined) continue;
        at = from;
        if (from === 0 || spent > budget) return answer(from === 0 ? null : at);
        await Promise.all(known.filter((list) => list.from === from).map(readOlder));
      }

      function answer(next: number | null): FilesAnswer {
        const [only] = known;
        const isPair = words.length === 1 && [...(wanted[0]?.flat ?? '')].length === 2;
        const all = before === Number.POSITIVE_INFINITY && next === null ? hits.length : null;
        return { kind: 'found', hits, next, total: isPair ? (only?.count ?? all) : all };
      }
    },
  };

  // The query.

  function wordsOf(query: string): Word[] {
    const words: Word[] = [];
    let not = false;
    const form = /(AND|NOT)(?=\s|$)|([-－](?=\S))?(?:"([^"]*)"?|“([^“”]*)”|(\S+))/gu;
    for (const [, operator, minus, quoted, curly, plain] of query.matchAll(form)) {
      if (operator !== undefined) {
        not = operator === 'NOT';
        continue;
      }
      const { flat } = folding(quoted ?? curly ?? plain ?? '');
      const points = [...flat];
      const all = points.slice(1).map((point, i) => `${points[i]}${point}`);
      const isCover = (i: number) => i % 2 === 0 || i === all.length - 1;
      const pairs = all.filter((_, i) => isCover(i));
      words.push({ flat, pairs, spare: all.filter((_, i) => !isCover(i)), not: not || minus !== undefined });
      not = false;
    }
    return words;
  }

  // Lists of the index.

  async function refine(pairs: string[], into: List[]): Promise<boolean> {
    const pair = pairs.shift();
    if (pair === undefined) return false;
    into.push(await listOf(pair));
    return true;
  }

  /** Numbers below `before` and not below `from` that all lists have, falling. */
  function common(known: readonly List[], excluded: readonly List[], from: number, before: number): readonly number[] {
    const [shortest, ...others] = [...known].sort((a, b) => a.numbers.length - b.numbers.length);
    const sets = others.map(({ numbers }) => new Set(numbers));
    const gone = new Set(excluded.flatMap(({ numbers }) => numbers));
    const isIn = (number: number) =>
      number < before && number >= from && !gone.has(number) && sets.every((set) => set.has(number));
    return (shortest?.numbers ?? []).filter(isIn);
  }

  function listOf(pair: string): Promise<List> {
    let list = lists.get(pair);
    if (list === undefined) {
      list = findList(pair);
      lists.set(pair, list);
    }
    return list;
  }

  async function findList(pair: string): Promise<List> {
    const [first = 0, second = 0] = [...pair].map((character) => character.codePointAt(0) ?? 0);
    const [, starts = ''] = await shard('search/index');
    const start = lastNotAbove(first, starts);
    if (start === null) return made([], { first, second });
    let found = await shard(shardName(start));
    if (found[0] === 'parts') {
      const part = lastNotAbove(second, found[1] ?? '');
      if (part === null) return made([], { first, second });
      found = await shard(shardName(first, part));
    }
    if (found[0] === 'long') {
      const [, count, older, list] = found;
      return made(falling(String(list)), { first, second, count: Number(count), older: Number(older) });
    }
    for (let i = 1; i < found.length; i += 3) {
      if (String(found[i]).codePointAt(0) !== first) continue;
      const at = [...String(found[i + 1])].findIndex((character) => character.codePointAt(0) === second);
      if (at >= 0) return made(falling(String(found[i + 2]).split(' ')[at] ?? ''), { first, second });
    }
    return made([], { first, second });
  }

  function made(
    numbers: readonly number[],
    given: Pick<List, 'first' | 'second'> & { readonly count?: number; readonly older?: number },
  ): List {
    const { count = numbers.length, older = 0 } = given;
    return { ...given, numbers, count, older, from: older === 0 ? 0 : (numbers.at(-1) ?? 0) };
  }

  async function readOlder(list: List): Promise<void> {
    const [, text] = await shard(shardName(list.first, list.second, list.older));
    list.numbers = [...list.numbers, ...falling(String(text))];
    list.older -= 1;
    list.from = list.older === 0 ? 0 : (list.numbers.at(-1) ?? 0);
  }

  function falling(text: string): number[] {
    let number = -1;
    return read(text).map((gap) => {
      number = number < 0 ? gap : number - gap - 1;
      return number;
    });
  }

  function lastNotAbove(wanted: number, steps: string | number): number | null {
    let [number, last]: [number, number | null] = [0, null];
    for (const step of read(String(steps))) {
      number += step;
      if (number > wanted) break;
      last = number;
    }
    return last;
  }

  // Articles.

  async function articleOf(number: number): Promise<Article> {
    const rows = await shard(rowsName(number));
    const at = (number % 16) * 3;
    const [id, time, title] = [rows[at], rows[at + 1], rows[at + 2]].map(String);
    const texts = (await shard(`text/${place(id ?? '')}`)).map(String);
    return { id: id ?? '', time: time ?? '', title: title ?? '', texts, folded: texts.map(folding) };
  }

  function holds({ folded }: Article, { flat }: Word): boolean {
    return folded.some((each) => each.flat.includes(flat));
  }

  function hitOf({ id, time, title, texts, folded }: Article, wanted: readonly Word[]): FilesHit {
    const order = [2, 1].filter((i) => wanted.some(({ flat }) => folded[i]?.flat.includes(flat)));
    const shown = order[0] ?? 2;
    const text = texts[shown] ?? '';
    const ranges = rangesIn(folded[shown], wanted);
    const first = ranges[0]?.[0] ?? 0;
    let from = Math.max(0, first - snippetLength / 4);
    if (from > 0 && /[\udc00-\udfff]/.test(text.charAt(from))) from -= 1;
    let to = Math.min(text.length, from + snippetLength);
    if (/[\ud800-\udbff]/.test(text.charAt(to - 1))) to -= 1;
    const pieces = piecesOf(text, ranges, from, to).map((each) => ({ ...each, text: each.text.replace(/\s+/g, ' ') }));
    const end = (isCut: boolean) => (isCut ? [{ text: '…', hit: false }] : []);
    return {
      id,
      time,
      title: piecesOf(title, rangesIn(folding(title), wanted), 0, title.length),
      snippet: [...end(from > 0), ...pieces, ...end(to < text.length)],
    };
  }

  /** Where words stand in a text, in order, none within another. */
  function rangesIn(folded: Folded | undefined, wanted: readonly Word[]): (readonly [number, number])[] {
    if (folded === undefined) return [];
    const { flat: all, places } = folded;
    const ranges: [number, number][] = [];
    for (const { flat } of wanted)
      for (let at = all.indexOf(flat); at >= 0 && ranges.length < 200; at = all.indexOf(flat, at + flat.length))
        ranges.push([places[at] ?? 0, (places[at + flat.length - 1] ?? 0) + 1]);
    ranges.sort((a, b) => a[0] - b[0]);
    let end = 0;
    return ranges.filter(([from, to]) => {
      if (from < end) return false;
      end = to;
      return true;
    });
  }

  function piecesOf(text: string, ranges: readonly (readonly [number, number])[], from: number, to: number): Piece[] {
    const pieces: Piece[] = [];
    let at = from;
    for (const [start, end] of ranges) {
      if (end <= from || start >= to) continue;
      pieces.push({ text: text.slice(at, Math.max(at, start)), hit: false });
      pieces.push({ text: text.slice(Math.max(at, start), Math.min(end, to)), hit: true });
      at = Math.min(end, to);
    }
    pieces.push({ text: text.slice(at, to), hit: false });
    return pieces.filter((piece) => piece.text !== '');
  }

  function shard(name: string): Promise<Shard> {
    const there = shards.get(name);
    if (there !== undefined) return there;
    const loading = tools.load(name).then((loaded) => {
      for (const each of loaded) spent += encoder.encode(String(each)).length;
      return loaded;
    });
    shards.set(name, loading);
    loading.catch(() => shards.delete(name));
    return loading;
  }
}
