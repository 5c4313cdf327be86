/** Edits a published article: one kind of change at a time, so that each can be distinguished from the others. */
import { type Block, textsOf } from '../write/blocks.ts';
import { imagesOf } from '../write/body.ts';
import { clock } from '../write/calendar.ts';
import { openHanging } from '../write/hanging.ts';
import { paragraph, type Subject, subject } from '../write/prose.ts';
import type { Random } from '../write/random.ts';
import { type Press, type Story, untaken } from '../write/story.ts';
import { title } from '../write/titles.ts';
import { THEMES } from '../write/vocabulary.ts';
import type { ChangeKind } from './truth.ts';

export const CHANGE_KINDS: readonly ChangeKind[] = ['title', 'correction', 'addition', 'picture'];

/** The story after a change of the kind at the instant `at`. */
export function edit(press: Press, story: Story, change: { kind: ChangeKind; at: number; random: Random }): Story {
  const { kind, at, random } = change;
  const about = subject(random, random.pick(THEMES));
  const { truth } = story;
  const updated = { ...story, truth: { ...truth, clock: { ...truth.clock, updated: clock(at) } } };
  switch (kind) {
    case 'title':
      return retitled(
        updated,
        untaken(press.titles, () => title(random, about, 0)),
      );
    case 'correction':
      return withText(updated, corrected(story.parts.flat()));
    case 'addition':
      return withText(updated, added(random, about, story.parts.flat()));
    case 'picture':
      return withText(updated, repictured(press, story, change));
  }
}

/** The story with other blocks, all in one part, and what the truth says of them. */
export function withText(story: Story, blocks: readonly Block[]): Story {
  return {
    ...story,
    parts: [blocks],
    truth: { ...story.truth, paragraphs: textsOf(blocks), images: imagesOf(blocks), parts: 1, wholeForm: true },
  };
}

/** What stands before the list's title, a columnist's name, stays. */
function retitled(story: Story, listTitle: string): Story {
  const { truth } = story;
  const front = truth.title.slice(0, truth.title.length - truth.listTitle.length);
  return { ...story, truth: { ...truth, title: front + listTitle, listTitle } };
}

/** The first number of the last paragraph that has one is one more. */
function corrected(blocks: readonly Block[]): readonly Block[] {
  const at = blocks.findLastIndex((block) => block.kind === 'paragraph' && /\d/.test(block.html));
  return blocks.map((block, index) =>
    index === at && block.kind === 'paragraph'
      ? { ...block, html: block.html.replace(/\d+/, (digits) => String(Number(digits) + 1)) }
      : block,
  );
}

/** Two paragraphs more behind the last. */
function added(random: Random, about: Subject, blocks: readonly Block[]): readonly Block[] {
  const more = [0, 1].map((): Block => ({ kind: 'paragraph', html: paragraph(random, about) }));
  return blocks.toSpliced(blocks.findLastIndex(({ kind }) => kind === 'paragraph') + 1, 0, ...more);
}

/** Another picture over the same caption. */
function repictured(press: Press, story: Story, { at, random }: { at: number; random: Random }): readonly Block[] {
  const hanging = openHanging(random, press.gallery, press.origins, story.truth.era, at);
  return story.parts.flat().map((block): Block => {
    if (block.kind !== 'picture') return block;
    for (;;) {
      const image = hanging.picture('plain', block.image.caption);
      if (image.src !== block.image.src) return { ...block, image };
    }
  });
}
