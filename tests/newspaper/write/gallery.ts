/** The pictures of the newspaper: which address gives which bytes. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { NewspaperAsset } from '../truth.ts';
import { type PictureType, stamp } from './stamp.ts';

/** A motif, as the file of its original and the smaller one of its processed variants; sizes stand in the names. */
export type Scene = keyof typeof SCENES;

const SCENES = {
  dusk: { original: 'dusk-1200x800.jpg', variant: 'dusk-530x353.jpg' },
  canal: { original: 'canal-1000x667.jpg', variant: 'canal-530x353.jpg' },
  rail: { original: 'rail-970x374.jpg', variant: 'rail-485x187.jpg' },
  tea: { original: 'tea-970x374.jpg', variant: 'tea-485x187.jpg' },
  night: { original: 'night-800x600.png', variant: 'night-400x300.png' },
  shelf: { original: 'shelf-800x600.webp', variant: 'shelf-400x300.webp' },
  terraces: { original: 'tea-640x427.gif', variant: 'tea-320x213.gif' },
  head: { original: 'head-100x100.png', variant: 'head-100x100.png' },
  smile: { original: 'smile-24x24.png', variant: 'smile-24x24.png' },
} as const satisfies Record<string, { readonly original: string; readonly variant: string }>;

/** File ending of a scene's pictures. */
export function typeOf(scene: Scene): PictureType {
  return SCENES[scene].original.split('.')[1] as PictureType;
}

interface HungPicture {
  readonly scene: Scene;
  /** What answers: the original and its processed variants, the variants alone, or neither. */
  readonly answers: 'all' | 'variants' | 'none';
  /** What the server says it is; by the content's type where it is honest. */
  readonly contentType: string;
}

interface ServedPicture {
  readonly bytes: Buffer;
  readonly contentType: string;
}

export interface Gallery {
  /** Hangs a picture at a bare path such as `/news/2026/08/29/20260829201000123.jpg`. */
  hang(
    path: string,
    scene: Scene,
    options?: { readonly answers?: HungPicture['answers']; readonly contentType?: string },
  ): void;
  /** The bytes at a path with its `!style` and query, or null where nothing is. */
  serve(path: string): ServedPicture | null;
  /** What an archiver can get at best for an address as written in a page; null for nothing. */
  best(origin: string, path: string): NewspaperAsset | null;
}

const CONTENT_TYPES: Readonly<Record<PictureType, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
};

/** Heads, icons, advertisements: any name in these folders answers. */
const FURNITURE =
  /^\/(?:users|authors|ColumnPic|columnhead|tg|post|column|member|images|bbs\/avatar)\/|^\/[\w-]+\.(?:png|gif|jpg|ico)$/;

export function openGallery(): Gallery {
  const folder = new URL('../pictures/', import.meta.url);
  const files = new Map<string, Buffer>();
  const hung = new Map<string, HungPicture>();

  const file = (name: string) => {
    const bytes = files.get(name) ?? readFileSync(new URL(name, folder));
    files.set(name, bytes);
    return bytes;
  };
  const developed = (scene: Scene, form: 'original' | 'variant', path: string) =>
    stamp(file(SCENES[scene][form]), typeOf(scene), path);

  return {
    hang: (path, scene, options = {}) => {
      const { answers = 'all', contentType = CONTENT_TYPES[typeOf(scene)] } = options;
      hung.set(path, { scene, answers, contentType });
    },
    serve: (path) => {
      const bare = bareOf(path);
      const picture = hung.get(bare) ?? furniture(bare);
      const form = path === bare ? 'original' : 'variant';
      if (picture === null || picture.answers === 'none' || (picture.answers === 'variants' && form === 'original'))
        return null;
      return { bytes: developed(picture.scene, form, path), contentType: picture.contentType };
    },
    best: (origin, path) => {
      const bare = bareOf(path);
      const picture = hung.get(bare);
      if (picture === undefined || picture.answers === 'none') return null;
      const [form, chosen] = picture.answers === 'all' ? (['original', bare] as const) : (['variant', path] as const);
      const bytes = developed(picture.scene, form, chosen);
      const [width = 0, height = 0] = sizeInName(SCENES[picture.scene][form]);
      return {
        url: `${origin}${chosen}`,
        sha256: hash('sha256', bytes),
        bytes: bytes.length,
        type: typeOf(picture.scene),
        width,
        height,
      };
    },
  };
}

function furniture(path: string): HungPicture | null {
  return FURNITURE.test(path) ? { scene: 'head', answers: 'all', contentType: 'image/png' } : null;
}

/** The address of the original: no query, no style tail. */
function bareOf(path: string): string {
  return path.replace(/\?.*$/, '').replace(/![\w.]+$/, '');
}

function sizeInName(name: string): readonly number[] {
  return (/(\d+)x(\d+)/.exec(name) ?? []).slice(1).map(Number);
}
