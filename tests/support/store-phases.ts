/**
 * What the archive does in a crawl, one visit per phase, for tests that cut it off: each phase takes the archive from the
 * state that the phase before left. Run as a program it does one phase: `store-phases.ts ROOT PHASE`.
 */
import { pipeline } from 'node:stream/promises';
import { openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import { ASSETS, assetKey } from '../../src/archive/keys.ts';
import { openQuarantine } from '../../src/archive/quarantine.ts';
import { noteGone, sha256 } from '../../src/archive/record.ts';
import type { Asset, Page } from '../../src/model.ts';
import { captured, documentOf, draft, KEY, save as saveCapture, sweepAfter } from './drafts.ts';
import { fetchedPage } from './fetched-page.ts';

const PICTURE = Buffer.alloc(100_000, 'picture');
const BLOCKED = { kind: 'blocked', evidence: ['HTTP status 403'] } as const;

/** Each throws what the archive throws. */
export const PHASES: Readonly<Record<string, (root: string) => Promise<void>>> = {
  'a new article with a picture': (root) => save(root, '<p>茶馆今天照常开门。</p>', 1),
  'a changed article': (root) => save(root, '<p>茶馆明天照常开门。</p>', 2),
  'an article that is gone': async (root) => {
    const found = { at: timeOf(3), evidence: ['HTTP status 404'] };
    await open(root).update(KEY, (old) => old && { record: noteGone(old, found) });
  },
  'an article that is back, changed': (root) => save(root, '<p>茶馆后天照常开门。</p>', 4),
  'a page for quarantine': (root) => openQuarantine(openDisk(root), LIMITS).keep(BLOCKED, page(5)),
  'another, for which the first must go': (root) => openQuarantine(openDisk(root), LIMITS).keep(BLOCKED, page(6)),
};

const LIMITS = { quarantineItems: 1, quarantineBytes: 10_000 };

/** What a run does at its start after one that died, here for everything that it may have written. */
export function sweepAll(root: string): Promise<number> {
  return sweepAfter(openDisk(root), 0);
}

function open(root: string) {
  return openArchive(openDisk(root), { minFreeBytes: 0 });
}

function timeOf(day: number): string {
  return `2026-11-0${day}T00:00:00.000Z`;
}

async function save(root: string, html: string, day: number): Promise<void> {
  const archive = open(root);
  const digest = sha256(PICTURE);
  const temporary = await openDisk(root).temporary(ASSETS);
  await temporary.fill((open) => pipeline([PICTURE], open()));
  await temporary.commit(assetKey(digest, 'jpg'));
  const src = 'https://i.guancha.cn/a.jpg';
  const asset: Asset = { src, url: src, sha256: digest, bytes: PICTURE.length, type: 'jpg', width: 1, height: 1 };
  const changes = { contentHash: String(day), assets: [asset], capture: captured(timeOf(day)) };
  await saveCapture(archive, KEY, documentOf(html), draft(changes));
}

function page(day: number): Page {
  const url = `https://www.guancha.cn/a/2026_10_04_90${day}.shtml`;
  const body = Buffer.from(`请输入验证码 ${day}`);
  return fetchedPage({ url, status: 403, headers: {}, body, fetchedAt: timeOf(day) });
}

if (import.meta.main) {
  const [root = '', phase = ''] = process.argv.slice(2);
  await PHASES[phase]?.(root);
}
