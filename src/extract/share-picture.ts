/** The picture that the page offers for sharing (site.md, 2.3): a lead picture, or the head of a columnist. */
import type { ParsedPage } from '../html/parsed-page.ts';
import { textOf } from './amount.ts';
import { absoluteUrl } from './text.ts';

/** `bdPic` of the share settings, else the first of `images` in the JSON-LD; absolute, null where neither is there. */
export function readSharePicture(page: ParsedPage, base: string): string | null {
  const bdPic = /\bbdPic\s*:\s*(['"])(.*?)\1/.exec(page.html)?.[2];
  return absoluteUrl(bdPic, base) ?? absoluteUrl(firstJsonLdImage(page), base);
}

function firstJsonLdImage(page: ParsedPage): string | undefined {
  const json: unknown = parseJson(searchEngineData(page));
  if (typeof json !== 'object' || json === null || !('images' in json) || !Array.isArray(json.images)) return undefined;
  const first: unknown = json.images[0];
  return typeof first === 'string' ? first : undefined;
}

/** The page's data for the search engine, JSON more often than not (site.md, 2.3); empty where it has none. */
export function searchEngineData({ index }: ParsedPage): string {
  const script = index.scripts.find(({ attribs }) => attribs.type === 'application/ld+json');
  return script === undefined ? '' : textOf(script);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The site writes titles into it unescaped, so it may be no JSON; the picture is a convenience.
    return null;
  }
}
