/** Answers for the pictures' origin: originals, processed variants, and nobody who comes from elsewhere. */

import { errorPage } from '../render/specials.ts';
import type { Edition } from '../write/edition.ts';
import { html, type Route } from './reply.ts';

export function imagesRoute({ gallery, origins }: Edition): Route {
  const welcome = new Set(Object.values(origins));
  return ({ path, headers }) => {
    const { referer } = headers;
    const from = referer === undefined ? null : URL.parse(referer)?.origin;
    if (from !== null && (from === undefined || !welcome.has(from))) return html(errorPage(403, 'Forbidden'), 403);
    const picture = gallery.serve(path);
    if (picture === null) return html(errorPage(404, 'Not Found'), 404);
    return { headers: { 'content-type': picture.contentType }, body: picture.bytes };
  };
}
