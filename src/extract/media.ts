/** Frames, players and covers of videos in a body: they stay links (site.md, 2.5 and 5). */
import { Buffer } from 'node:buffer';
import type { Element } from '../html/html.ts';
import type { BodyImage, BodyMedia } from '../model.ts';
import { absoluteUrl } from './text.ts';

/**
 * What the body shows by other means than text and pictures, in order, then the pictures that stand for a video. Without
 * an address nothing can be linked, and the element is left out; the body keeps it.
 */
export function readMedia(
  elements: readonly Element[],
  images: readonly BodyImage[],
  base: string,
): readonly BodyMedia[] {
  const players = elements.flatMap((element): BodyMedia[] => {
    const kind = PLAYERS.find((name) => name === element.name);
    const src = kind === undefined ? null : absoluteUrl(addressOf(element), base);
    return kind === undefined || src === null ? [] : [{ kind, src, length: null }];
  });
  const covers = images.flatMap(({ src }): BodyMedia[] => {
    const length = videoLength(src);
    return length === null ? [] : [{ kind: 'cover', src, length }];
  });
  return [...players, ...covers];
}

const PLAYERS = ['iframe', 'video', 'audio', 'embed'] as const;

function addressOf({ attribs, children }: Element): string | undefined {
  const own = attribs.src || attribs['data-src'];
  const source = children.find((child) => child.type === 'tag' && child.name === 'source');
  return own || (source?.type === 'tag' ? source.attribs.src : undefined);
}

/**
 * How long the video plays that a picture stands for: its style writes it into the picture, in base64
 * (`…!cmspn?watermark/2/text/MDA6MjQ6MDI=` is `00:24:02`; site.md, 5). Null for any other picture.
 */
export function videoLength(src: string): string | null {
  const text = /![a-z]+\?watermark\/\d+\/text\/([\w=+/-]+)/i.exec(src)?.[1];
  const words = Buffer.from(text?.split('/')[0] ?? '', 'base64url').toString();
  return /^(?:\d{1,2}:)?\d{1,2}:\d{2}$/.test(words) ? words : null;
}
