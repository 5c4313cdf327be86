/**
 * The script of the search page in files: the search itself as text, and what shows its answers. A browser lets a page that
 * is a file read no other file but as a script: each file of the index is one that calls `guanchaArchive` with what it has.
 */
import { hash } from 'node:crypto';
import { foldingTable, openFolding } from './files-folding.ts';
import { nameOfRows, nameOfShard, placeOf, readNumbers, type Shard } from './files-index.ts';
import { openFilesSearch } from './files-search.ts';

/** A file of the index. */
export function shardScript(name: string, shard: Shard): string {
  return `guanchaArchive(${JSON.stringify(name)},${JSON.stringify(shard)});\n`;
}

const PAGE = `
const root = new URL('..', document.currentScript.src);
const waiting = new Map();
globalThis.guanchaArchive = (name, shard) => waiting.get(name)?.(shard);
const load = (name) => new Promise((resolve, reject) => {
  const script = document.createElement('script');
  const fail = () => reject(new Error(name));
  waiting.set(name, resolve);
  script.addEventListener('load', () => { script.remove(); waiting.delete(name); fail(); });
  script.addEventListener('error', () => { script.remove(); waiting.delete(name); fail(); });
  script.src = new URL(name + '.js', root).href;
  document.head.append(script);
});
const search = openFilesSearch({ folding: openFolding(TABLE), load, readNumbers, nameOfShard, nameOfRows, placeOf });
const found = document.getElementById('found');
const [status, hits, button, template] = ['[role=status]', '.hits', 'button', 'template'].map((each) => found.querySelector(each));
const form = template.content.querySelector('a').getAttribute('href');
const query = new URLSearchParams(location.search).get('q') ?? '';
const input = document.querySelector('main input[type=search]');
input.value = query;
let [shown, next, list] = [0, undefined, null];
const fill = (element, pieces) => element.replaceChildren(...pieces.map(({ text, hit }) => {
  if (!hit) return text;
  const mark = document.createElement('mark');
  mark.textContent = text;
  return mark;
}));
const show = ({ id, time, title, snippet }) => {
  const item = list.firstElementChild.cloneNode(true);
  const link = item.querySelector('a');
  link.href = form.replace(placeOf('guancha:1'), placeOf(id));
  fill(link.querySelector('bdi'), title.length === 0 ? [{ text: found.dataset.untitled, hit: false }] : title);
  fill(item.querySelector('.summary'), snippet);
  const clock = item.querySelector('time');
  clock.dateTime = time.replace(' ', 'T') + (time.length > 10 ? '+08:00' : '');
  clock.textContent = time;
  return item;
};
const go = async () => {
  button.hidden = true;
  status.textContent = found.dataset.busy;
  try {
    const answer = await search.find(query, next);
    if (answer.kind !== 'found') {
      status.textContent = answer.kind === 'short' ? found.dataset.short : '';
      return;
    }
    if (list === null && answer.hits.length > 0) {
      list = template.content.firstElementChild.cloneNode(true);
      hits.append(list);
      list.replaceChildren(list.firstElementChild, ...answer.hits.map(show));
      list.firstElementChild.remove();
    } else if (list !== null) list.append(...answer.hits.map(show));
    shown += answer.hits.length;
    next = answer.next ?? undefined;
    const total = answer.total ?? (answer.next === null ? shown : null);
    const count = total === null ? 'more' : total === 0 ? 'none' : total === 1 ? 'one' : 'all';
    status.textContent = shown === 0 && total === null ? '' : found.dataset[count].replace('#', (total ?? shown).toLocaleString(document.documentElement.lang));
    button.hidden = answer.next === null;
  } catch ({ message }) {
    status.textContent = found.dataset.fault + ' ' + message;
  }
};
button.addEventListener('click', go);
go();
`;

interface Script {
  readonly href: string;
  readonly text: string;
}

let made: Script | null = null;

/** Made once it is needed: its table takes a tenth of a second. */
export function searchScript(): Script {
  if (made !== null) return made;
  const functions = [openFolding, readNumbers, nameOfShard, nameOfRows, placeOf, openFilesSearch];
  const text = `'use strict';
(() => {
const TABLE = ${JSON.stringify(foldingTable())};
${functions.map((each) => unspaced(String(each))).join('\n')}
${PAGE}})();
`;
  made = { href: `/static/${hash('sha256', text).slice(0, 16)}.js`, text };
  return made;
}

/** Where types stood, white space is left. */
function unspaced(source: string): string {
  return source.replace(/[ \t]+$/gm, '').replace(/\n{2,}/g, '\n');
}
