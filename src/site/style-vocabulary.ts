/**
 * The properties that the style of an element may have in an article's body, with the forms of their values. Sizes are
 * such that text can be read and stays in its column; what hides, moves, covers or clips is in none of them.
 */

export interface StyleForms {
  /** By name in lower case; a value is in lower case too, without `!important`. */
  readonly properties: ReadonlyMap<string, RegExp>;
  /** Names of whole families: Word's own, borders. What stands in them cannot hide text, but an address could show more. */
  readonly families: RegExp;
  /** A value that any property may have: what the element would have without it, as it has by names that only WeChat's pages set. */
  readonly everywhere: RegExp;
}

const NUMBER = String.raw`(?:\d{1,3}(?:\.\d{1,20})?|\.\d{1,20})`;
/** Up to the width of the column. */
const LENGTH = String.raw`(?:0(?:\.0+)?|${NUMBER})(?:px|pt|%|mm)?|(?:[1-3]?\d(?:\.\d{1,20})?|\.\d{1,20})(?:r?em|ch|ex|cm|in|pc|vw|vh|gd)`;
/** What a border or a cell's edge takes back: Word sets tables so. */
const SMALL_NEGATIVE = String.raw`-(?:0?\.\d{1,20}(?:r?em|cm|mm|in)?|(?:\d|1[0-6])(?:\.\d{1,20})?(?:px|pt)|[0-3](?:\.\d{1,20})?mm)`;
const COLOUR = String.raw`#[\da-f]{3,8}|(?:rgb|hsl)a?\([\d.,%\s/]{1,60}\)|[a-z]{3,24}`;
const WORDS = String.raw`[a-z][a-z-]{0,40}(?:\s+[a-z][a-z-]{0,40}){0,5}`;

function all(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

/** Up to four, for the four sides. */
function sides(pattern: string): RegExp {
  return all(String.raw`(?:${pattern})(?:\s+(?:${pattern})){0,3}`);
}

const FONT_SIZE = String.raw`(?:[89]|[1-7]\d)(?:\.\d{1,20})?px|(?:[6-9]|[1-5]\d)(?:\.\d{1,20})?pt|(?:0?\.[6-9]\d{0,20}|[1-4](?:\.\d{1,20})?)r?em|(?:[6-9]\d|[1-3]\d\d)(?:\.\d{1,20})?%|(?:xx?-)?(?:small|large)|medium|smaller|larger|[2-5](?:\.\d{1,20})?vw`;
const LINE_HEIGHT = String.raw`normal|(?:0?\.[89]\d{0,20}|[1-5](?:\.\d{1,20})?)(?:r?em)?|(?:[89]\d|[1-5]\d\d)(?:\.\d{1,20})?%|(?:[89]|[1-9]\d)(?:\.\d{1,20})?(?:px|pt)`;
const FONT_FAMILY = String.raw`[^()\\;{}]{1,400}`;
/** At which something can be seen. */
const EXTENT = String.raw`auto|none|(?:min|max|fit)-content|[1-9]\d{1,3}(?:\.\d{1,20})?(?:px|pt)|[1-9]\d{0,2}(?:\.\d{1,20})?(?:%|r?em|cm|mm|in|vw|vh)`;

type Row = readonly [names: string, value: RegExp];

const ROWS: readonly Row[] = [
  // Letters.
  ['color', all(COLOUR)],
  ['font-size', all(FONT_SIZE)],
  ['font-family', all(FONT_FAMILY)],
  ['font', all(String.raw`(?:[a-z\d-]{1,12}\s+){0,4}(?:${FONT_SIZE})(?:\s*\/\s*(?:${LINE_HEIGHT}))?\s+${FONT_FAMILY}`)],
  ['font-weight', all('[1-9]00|[a-z]{4,7}')],
  ['font-style font-variant font-stretch font-kerning font-synthesis font-optical-sizing', all(WORDS)],
  ['font-feature-settings font-variation-settings font-size-adjust', all('normal|none|auto')],
  ['font-variant-ligatures font-variant-caps font-variant-east-asian font-variant-numeric', all(WORDS)],
  ['font-variant-alternates font-variant-position font-variant-emoji', all('normal')],
  ['line-height', all(LINE_HEIGHT)],
  [
    'letter-spacing',
    all(
      String.raw`normal|0(?:px|pt|em)?|-?0?\.\d{1,20}(?:px|pt)|-?0?\.0\d{1,20}r?em|-1(?:px|pt)|(?:\d|1\d)(?:\.\d{1,20})?(?:px|pt)|[01]?(?:\.\d{1,20})?r?em`,
    ),
  ],
  ['word-spacing', all(`normal|${NUMBER}(?:px|pt|em)?`)],
  ['text-transform', all('none')],
  [
    'text-decoration text-decoration-line text-decoration-style',
    all(`(?:underline|line-through|none|overline|solid|dotted|dashed|wavy|double)(?:\\s+(?:${COLOUR})){0,3}`),
  ],
  [
    'text-decoration-color text-decoration-thickness text-underline-offset text-underline-position',
    all(`${COLOUR}|${NUMBER}(?:px|em)?`),
  ],
  ['text-emphasis text-shadow -webkit-text-stroke filter', all('none')],
  ['-webkit-text-stroke-width', all('0(?:px)?')],
  ['-webkit-text-stroke-color caret-color -webkit-tap-highlight-color accent-color', all(COLOUR)],
  ['-webkit-font-smoothing -moz-osx-font-smoothing text-rendering', all('[a-z-]{4,24}')],
  ['text-size-adjust -webkit-text-size-adjust -ms-text-size-adjust', all('auto|none|100%|inherit')],
  ['vertical-align', all(String.raw`[a-z-]{3,12}|-?(?:\d|1\d)(?:\.\d{1,20})?(?:px|pt|%)?`)],
  // Lines.
  [
    'text-align text-align-last text-justify text-autospace text-justify-trim word-break word-wrap overflow-wrap line-break hyphens -webkit-line-break -webkit-hyphens',
    all('[a-z-]{3,20}'),
  ],
  ['white-space white-space-collapse text-wrap text-wrap-mode text-wrap-style', all('[a-z-]{3,20}')],
  ['text-indent', all(LENGTH)],
  ['direction', all('ltr')],
  ['unicode-bidi', all('normal|embed|isolate|plaintext')],
  ['writing-mode', all('horizontal-tb|lr-tb')],
  ['orphans widows tab-size', all(String.raw`\d{1,2}|auto`)],
  [
    'tab-stops layout-grid-mode layout-grid punctuation-wrap line-break-before text-spacing',
    all(String.raw`[\w\s.-]{1,80}`),
  ],
  ['page-break-before page-break-after page-break-inside break-before break-after break-inside', all('[a-z-]{3,20}')],
  ['list-style list-style-type list-style-position', all(WORDS)],
  // Boxes.
  [
    'display',
    all(
      'block|inline|inline-block|list-item|flow-root|flex|inline-flex|table|table-(?:row|cell|row-group|header-group|footer-group|column|caption)',
    ),
  ],
  ['visibility', all('visible')],
  ['opacity', all(String.raw`1(?:\.0+)?|0?\.[6-9]\d{0,20}|(?:[6-9]\d|100)%`)],
  ['position', all('static|relative')],
  ['top right bottom left inset', all('auto|0(?:px|pt|em)?')],
  ['float', all('none|left|right')],
  ['clear', all('none|left|right|both')],
  ['overflow overflow-x overflow-y', all('visible|auto|hidden|scroll')],
  ['z-index', all(String.raw`auto|\d{1,4}`)],
  [
    'margin margin-top margin-right margin-bottom margin-left margin-inline margin-block',
    sides(`auto|${LENGTH}|${SMALL_NEGATIVE}`),
  ],
  ['margin-block-start margin-block-end margin-inline-start margin-inline-end', sides(`auto|${LENGTH}`)],
  ['padding padding-top padding-right padding-bottom padding-left padding-inline padding-block', sides(LENGTH)],
  ['padding-block-start padding-block-end padding-inline-start padding-inline-end', sides(LENGTH)],
  ['width max-width', all(EXTENT)],
  ['height min-height', all(EXTENT)],
  ['min-width', all(`auto|${LENGTH}`)],
  ['max-height', all('none|100%|[3-9]\\d\\d(?:px)?|\\d{4}px')],
  ['box-sizing', all('[a-z-]{3,20}')],
  ['box-shadow outline', all(String.raw`[^()\\]{1,80}|[^()\\]{0,80}rgba?\([\d.,%\s/]{1,60}\)[^()\\]{0,40}`)],
  [
    'border-collapse border-spacing border-radius table-layout empty-cells caption-side',
    all(String.raw`[\w\s.%-]{1,40}`),
  ],
  [
    'flex flex-grow flex-shrink flex-basis flex-flow flex-wrap align-self align-items align-content justify-content',
    all(String.raw`(?!.*reverse)[\w\s.%-]{1,40}`),
  ],
  ['flex-direction', all('row|column')],
  ['object-fit aspect-ratio image-rendering', all(String.raw`[\w\s./-]{1,30}`)],
  ['cursor pointer-events user-select -webkit-user-select touch-action -webkit-touch-callout', all('[a-z-]{3,20}')],
  ['background background-color', all(String.raw`(?:${COLOUR}|none)(?:\s+(?:none|[a-z-]{4,12}|0%?|0px)){0,8}`)],
  [
    'background-image transform animation transition clip clip-path mask -webkit-transform -webkit-box-reflect perspective',
    all('none|auto'),
  ],
  [
    'background-position background-repeat background-attachment background-size background-clip background-origin -webkit-background-clip',
    all(String.raw`(?!text)[a-z-]{3,20}(?:\s+[a-z-]{3,20})?|(?:0%?|0px)(?:\s+(?:0%?|0px))?`),
  ],
  ['zoom', all('1|normal|100%')],
];

export const STYLES: StyleForms = {
  properties: new Map(ROWS.flatMap(([names, value]) => names.split(' ').map((name) => [name, value] as const))),
  families:
    /^(?:mso-[a-z-]{2,60}|border-?(?:top|right|bottom|left|block|inline)?-?(?:start|end)?-?(?:width|style|color|image)?|outline-[a-z]{5,8}|--[\w-]{1,60})$/,
  everywhere: /^(?:inherit|initial|unset|revert|normal|var\(--(?:weui-[\w-]{1,30}|articlefontsize)\)|)$/,
};

/** What the site's own frame round the body sets besides (site.md, 2.2), as `readStyle` writes the forms. */
export const FRAME_STYLE = /^(?:position:relative|bottom:\*px)$/;
