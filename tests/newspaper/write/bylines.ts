/** Every kind of byline that the site prints (site.md, section 6), with names of our own. */
import type { Byline, Credit } from '../../../src/model.ts';
import { foreignName, nickname, personName, type Writer } from './people.ts';
import type { Random } from './random.ts';

export interface PrintedByline {
  /** Null where the article has none. */
  readonly byline: Byline | null;
  /** The bracket as the page writes it, entities included; empty where there is none. */
  readonly html: string;
  /** True where the first sentence follows in the same paragraph. */
  readonly runIn: boolean;
}

/** The byline of a columnist's piece; `turn` walks through the kinds. */
export function columnistByline(random: Random, columnist: Writer, turn: number): PrintedByline {
  return COLUMNIST[turn % COLUMNIST.length]?.(random, columnist.name) ?? NONE;
}

/** The byline of the newsroom's own piece; `turn` walks through the kinds. */
export function newsByline(random: Random, turn: number): PrintedByline {
  return NEWS[turn % NEWS.length]?.(random) ?? NONE;
}

const NONE: PrintedByline = { byline: null, html: '', runIn: false };

const credit = (role: string, names: readonly string[], affiliation: string | null = null): Credit => ({
  role,
  names,
  affiliation,
});

function printed(
  text: string,
  credits: readonly Credit[],
  form: { readonly html?: string; readonly runIn?: boolean } = {},
): PrintedByline {
  return { byline: { text, credits }, html: form.html ?? text, runIn: form.runIn ?? false };
}

const COLUMNIST: readonly ((random: Random, name: string) => PrintedByline)[] = [
  (_, name) => printed(`【文/观察者网专栏作者 ${name}】`, [credit('文', [name], '观察者网专栏作者')]),
  (_, name) => printed(`【文/ 观察者网专栏作者 ${name}】`, [credit('文', [name], '观察者网专栏作者')]),
  (_, name) => printed(`【文/观察者网专栏作家 ${name}】`, [credit('文', [name], '观察者网专栏作家')]),
  (_, name) => printed(`【文/科工力量专栏作者 ${name}】`, [credit('文', [name], '科工力量专栏作者')]),
  (_, name) => printed(`【文/${name}】`, [credit('文', [name])]),
  () => printed('【文/观察者网专栏作者 Corvin】', [credit('文', ['Corvin'], '观察者网专栏作者')]),
  () => printed('【文/观察者网专栏作者 晒茶叶的猫头鹰】', [credit('文', ['晒茶叶的猫头鹰'], '观察者网专栏作者')]),
  (_, name) => printed(`（文/${name}）`, [credit('文', [name])]),
];

const NEWS: readonly ((random: Random) => PrintedByline)[] = [
  (r) => ofStaff(r, (name) => `【文/观察者网 ${name}】`),
  (r) => ofStaff(r, (name) => `【文/观察者网${name}】`),
  (r) => ofStaff(r, (name) => `（文/观察者网 ${name}）`),
  (r) => ofStaff(r, (name) => `【文/观察者网 ${name}】`, { runIn: true }),
  () => NONE,
  (r) => {
    const { name } = personName(r);
    return printed(`【文／观察者网 ${name}】`, [credit('文', [name], '观察者网')], {
      html: `【文／观察者网&nbsp;${name}】`,
    });
  },
  (r) => {
    const name = foreignName(r);
    return printed(`【文/${name}】`, [credit('文', [name])]);
  },
  (r) => {
    const name = nickname(r);
    return printed(`【文/${name}】`, [credit('文', [name])]);
  },
  (r) => {
    const names = [personName(r).name, personName(r).name, personName(r).name];
    return printed(`【文/${names.join('、')}】`, [credit('文', names)]);
  },
  () =>
    printed('【文/北岸国《潮汐》杂志亚洲版文化编辑 Ingrid Solheim-Moen】', [
      credit('文', ['Ingrid Solheim-Moen'], '北岸国《潮汐》杂志亚洲版文化编辑'),
    ]),
  (r) => {
    const [author, translator] = [personName(r).name, personName(r).name];
    return printed(`【文/${author}，译/澜江论坛 ${translator}】`, [
      credit('文', [author]),
      credit('译', [translator], '澜江论坛'),
    ]);
  },
  (r) => {
    const [author, translator] = [foreignName(r), personName(r).name];
    return printed(`【文/${author} 译/观察者网 ${translator}】`, [
      credit('文', [author]),
      credit('译', [translator], '观察者网'),
    ]);
  },
  (r) => {
    const [author, translator] = [foreignName(r).replace('·', '•'), personName(r).name];
    return printed(`【文/${author} 译/观察者网 ${translator}】`, [
      credit('文', [author]),
      credit('译', [translator], '观察者网'),
    ]);
  },
  (r) => ofStaff(r, (name) => `【采访/观察者网 ${name}】`, { role: '采访' }),
  (r) => ofStaff(r, (name) => `【采访、整理/观察者网 ${name}】`, { role: '采访、整理' }),
  (r) => ofStaff(r, (name) => `【访谈、整理/观察者网 ${name}】`, { role: '访谈、整理' }),
  (r) => ofStaff(r, (name) => `【编译/观察者网${name}】`, { role: '编译' }),
  (r) => ofStaff(r, (name) => `[编译/观察者网 ${name}]`, { role: '编译' }),
  () => printed('【观察者网 综合】', [credit('综合', [], '观察者网')]),
  () => printed('（观察者网讯）', [credit('讯', [], '观察者网')], { runIn: true }),
  (r) => ofStaff(r, (name) => `（文/观察者网 ${name}）`, { runIn: true }),
  (r) => {
    const { name } = personName(r);
    return printed(`（文/${name}）`, [credit('文', [name])]);
  },
  (r) => {
    const [author, artist] = [personName(r).name, personName(r).name];
    return printed(`【文/观察者网 ${author}，图/${artist}】`, [
      credit('文', [author], '观察者网'),
      credit('图', [artist]),
    ]);
  },
  (r) => {
    const { name } = personName(r);
    const text = `【文/观察者网 ${name}】`;
    return printed(text, [credit('文', [name], '观察者网')], { html: `<strong>${text}</strong>` });
  },
];

function ofStaff(
  random: Random,
  write: (name: string) => string,
  form: { readonly role?: string; readonly runIn?: boolean } = {},
): PrintedByline {
  const { name } = personName(random);
  return printed(write(name), [credit(form.role ?? '文', [name], '观察者网')], form);
}
