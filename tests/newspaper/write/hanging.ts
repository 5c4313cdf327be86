/** Hangs the pictures of one article in the gallery and says how its page writes them. */
import type { Era, NewspaperImage } from '../truth.ts';
import { clock } from './calendar.ts';
import { type Gallery, type Scene, typeOf } from './gallery.ts';
import type { Random } from './random.ts';

/** What is odd about a picture; `plain` for nothing. */
export type Trait = 'plain' | 'variant-only' | 'missing-picture' | 'processed-picture' | 'lying-type';

export interface Hanging {
  /** The next picture of the body. */
  picture(trait: Trait, caption: string | null): NewspaperImage;
  /** An emoji of the community. */
  icon(): NewspaperImage;
  /** The picture that lists show, and that heads the article where the list is the headline list; a path. */
  cover(): string;
}

export interface Origins {
  readonly www: string;
  readonly community: string;
  readonly images: string;
}

const SCENES: readonly Scene[] = ['dusk', 'canal', 'rail', 'night', 'tea', 'dusk', 'shelf', 'canal', 'terraces'];
const COVERS: readonly Scene[] = ['rail', 'tea'];
const FOLDERS = ['origin', 'social', 'external', 'official'] as const;

export function openHanging(random: Random, gallery: Gallery, origins: Origins, era: Era, time: number): Hanging {
  let count = 0;
  const at = (path: string, caption: string | null): NewspaperImage => ({
    src: origins.images + path,
    caption,
    icon: false,
    asset: gallery.best(origins.images, path),
  });

  return {
    picture: (trait, caption) => {
      const scene = trait === 'lying-type' ? 'shelf' : random.pick(SCENES);
      const path = pathOf(random, era, time, trait === 'lying-type' ? 'jpg' : typeOf(scene), count++);
      gallery.hang(path, scene, TRAITS[trait]);
      return at(
        path + (era === 'fengwen' && trait === 'plain' ? '?imageView2/2/w/500/format/jpg' : TAILS[trait]),
        caption,
      );
    },
    icon: () => {
      const path = `/static/imgs/smiles/${random.int(1, 90)}.png`;
      gallery.hang(path, 'smile');
      return { src: origins.community + path, caption: null, icon: true, asset: gallery.best(origins.community, path) };
    },
    cover: () => {
      const path = `/news/${folderDay(time)}/${stampOf(random, time, 99)}.jpg`;
      gallery.hang(path, random.pick(COVERS));
      return path;
    },
  };
}

/** The style or query that a page adds to the original's address. */
const TAILS: Readonly<Record<Trait, string>> = {
  plain: '',
  'variant-only': '!m.jpg',
  'missing-picture': '',
  'processed-picture': '?imageMogr2/thumbnail/640x/quality/80',
  'lying-type': '',
};

const TRAITS: Readonly<Record<Trait, { readonly answers?: 'variants' | 'none'; readonly contentType?: string }>> = {
  plain: {},
  'variant-only': { answers: 'variants' },
  'missing-picture': { answers: 'none' },
  'processed-picture': {},
  'lying-type': { contentType: 'image/jpeg' },
};

/** Paths as each era names them (site.md, 5). */
function pathOf(random: Random, era: Era, time: number, ending: string, nth: number): string {
  const name = stampOf(random, time, nth);
  switch (era) {
    case 'cms-2026':
      return `/news/mainland/${random.hex(32)}.${ending}`;
    case 'classic':
      return `/news/${random.pick(FOLDERS)}/${folderDay(time)}/${name}.${ending}`;
    case 'fengwen':
      return `/bbs/${folderDay(time)}/${name}${random.pick([`.${ending}`, `.${ending}`, `..${ending}`, '.image', ''])}`;
  }
}

/** `2026/08/29`. */
function folderDay(time: number): string {
  return clock(time).slice(0, 10).replaceAll('-', '/');
}

/** Seventeen digits: a time stamp to the millisecond, some minutes before publication. */
function stampOf(random: Random, time: number, nth: number): string {
  const before = clock(time - random.int(1, 40) * 60_000).replace(/\D/g, '');
  return `${before}${String((nth * 7 + random.int(0, 6)) % 1000).padStart(3, '0')}`;
}
