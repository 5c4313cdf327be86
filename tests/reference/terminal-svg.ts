/** A recording of a terminal as an SVG that plays by itself, without a script; its end where motion is not wanted. */
import type { Run, Screen } from './recording.ts';

export interface Palette {
  readonly paper: string;
  readonly frame: string;
  readonly ink: string;
  readonly quiet: string;
  /** Black, red, green, yellow, blue, magenta, cyan, white. */
  readonly colours: readonly string[];
}

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    paper: '#fbfaf6',
    frame: '#d5d0c4',
    ink: '#1d1c1a',
    quiet: '#6b665d',
    colours: ['#1d1c1a', '#9b2c20', '#1f6b3a', '#7d5200', '#1f4f7c', '#7a2f7a', '#17666b', '#67625a'],
  },
  dark: {
    paper: '#17181a',
    frame: '#3a3d42',
    ink: '#dedad2',
    quiet: '#8f8a80',
    colours: ['#dedad2', '#ec8d80', '#8fd0a2', '#dfb362', '#95bde3', '#d6a2d6', '#86cfd4', '#a29d93'],
  },
};

const CELL = { width: 8.4, height: 19, size: 14 } as const;
const EDGE = 14;
const HEAD = 30;
/** The end stays for so long before it begins anew. */
const END_MS = 8000;

/** @param screens at the times when they are to be seen; the last one stays */
export function terminalSvg(
  screens: readonly Screen[],
  {
    columns,
    rows,
    title,
    palette,
  }: { readonly columns: number; readonly rows: number; readonly title: string; readonly palette: Palette },
): string {
  const [inside, tall] = [columns * CELL.width, rows * CELL.height];
  const [width, height] = [Math.ceil(inside + 2 * EDGE), Math.ceil(tall + HEAD + EDGE)];
  const lastAt = screens.at(-1)?.atMs ?? 0;
  const durationMs = lastAt + END_MS;
  const lines = new Map<string, string>();
  const frames = screens.map(
    (screen, index) => `<g transform="translate(0 ${round(index * tall)})">${frameOf(screen, lines)}</g>`,
  );
  const steps = screens.map(
    ({ atMs }, index) => `${round((100 * atMs) / durationMs)}%{transform:translateY(-${round(index * tall)}px)}`,
  );
  const end = `translateY(-${round((screens.length - 1) * tall)}px)`;
  const style = [
    `text{font:${CELL.size}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Noto Sans SC",monospace;fill:${palette.ink}}`,
    `.q{fill:${palette.quiet}}.b{font-weight:700}`,
    ...palette.colours.map((colour, index) => `.c${index}{fill:${colour}}`),
    `#play{transform:${end};animation:play ${round(durationMs / 1000)}s step-end infinite}`,
    `@keyframes play{${steps.join('')}100%{transform:${end}}}`,
    '@media (prefers-reduced-motion:reduce){#play{animation:none}}',
  ].join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${inXml(title)}</title><style>${style}</style>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="${palette.paper}" stroke="${palette.frame}"/>`,
    [0, 1, 2].map((dot) => `<circle cx="${EDGE + 6 + dot * 18}" cy="17" r="5" fill="${palette.frame}"/>`).join(''),
    `<defs>${[...lines].map(([line, id]) => `<g id="${id}">${line}</g>`).join('')}</defs>`,
    `<svg x="${EDGE}" y="${HEAD}" width="${round(inside)}" height="${tall}" viewBox="0 0 ${round(inside)} ${tall}"><g id="play">`,
    ...frames,
    '</g></svg></svg>\n',
  ].join('\n');
}

/** @param lines the markup of each line so far, with the name that it is used by */
function frameOf({ rows }: Screen, lines: Map<string, string>): string {
  return rows
    .map((runs, row) => {
      if (runs.length === 0) return '';
      const markup = runs.map(runMarkup).join('');
      const id = lines.get(markup) ?? `l${lines.size}`;
      lines.set(markup, id);
      return `<use href="#${id}" y="${row * CELL.height}"/>`;
    })
    .join('');
}

function runMarkup({ text, column, columns, colour, dim, bold }: Run): string {
  const names = [
    ...(dim || colour === 8 ? ['q'] : colour === null ? [] : [`c${colour % 8}`]),
    ...(bold ? ['b'] : []),
  ].join(' ');
  const look = names === '' ? '' : ` class="${names}"`;
  const place = `x="${round(column * CELL.width)}" y="${CELL.size}" textLength="${round(columns * CELL.width)}"`;
  return `<text ${place} lengthAdjust="spacingAndGlyphs"${look}>${inXml(text)}</text>`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Screens of a long run for people who do not wait: pauses are cut short, and what follows within a moment is one screen.
 * @param screens in the order of time
 */
export function quickened(
  screens: readonly Screen[],
  { pauseMs, momentMs }: { readonly pauseMs: number; readonly momentMs: number },
): readonly Screen[] {
  const kept: Screen[] = [];
  let [at, before] = [0, 0];
  for (const screen of screens) {
    at += Math.min(screen.atMs - before, pauseMs);
    before = screen.atMs;
    const last = kept.at(-1);
    if (last !== undefined && JSON.stringify(last.rows) === JSON.stringify(screen.rows)) continue;
    if (last !== undefined && at - last.atMs < momentMs) kept.pop();
    kept.push({ ...screen, atMs: kept.length === 0 ? 0 : at });
  }
  return kept;
}
