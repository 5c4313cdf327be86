/** Bylines in the forms that the site and its community print, and in forms that nobody has seen. */
import { inBody, kindsOf, type MutantKind, type Original, plain, type Words } from '../kind.ts';

interface Printed {
  /** The line as the page prints it, HTML. */
  readonly line: string;
  /** Everybody whom it credits with the text; empty where it credits nobody. */
  readonly names: readonly string[];
  readonly place?: 'top' | 'end' | 'after the first paragraph';
}

const AWAY = ['央视', '澜江日报', '青禾大学', '望潮角研究院', '雾岭晨报'];
const POSTS = ['教授', '研究员', '特约记者', '主任', '博士'];
const LATIN = ['Oda Lindqvist', 'J. P. Marrow', 'Ines de Vaal', "Sean O'Dray"];
const FOREIGN = ['约恩·林德霍', '玛莎·瓦尔-泰恩', '奥雷·塔瓦斯', '科·J·阿什'];

const FORMS: Readonly<Record<string, (words: Words, name: string, other: string) => Printed>> = {
  '文 with a bar': ({ pick }, name) => ({
    line: pick([`文 | ${name}`, `文｜${name}`, `文丨${name}`, `文 ▏${name}`]),
    names: [name],
  }),
  '文 with a slash': ({ pick }, name) => ({
    line: pick([`文/${name}`, `文／${name}`, `文 / ${name}`, `撰文/${name}`]),
    names: [name],
  }),
  'the word author': ({ pick }, name) => ({
    line: pick([`作者：${name}`, `作者:${name}`, `作者： ${name}`, `作者｜${name}`, `作者 ${name}`]),
    names: [name],
  }),
  'the word author in brackets': ({ pick }, name) => ({
    line: pick([`【作者/${name}】`, `（作者：${name}）`, `【作者 ${name}】`, `[作者] ${name}`]),
    names: [name],
  }),
  'the role behind the name': ({ pick }, name) => ({
    line: pick([`（${name}/文）`, `${name}/文`, `【${name} 文】`, `${name} | 文`, `${name}　撰`]),
    names: [name],
  }),
  'a name set with a space': ({ pick }, name) => ({
    line: `【文/${name.slice(0, 1)}${pick(['　', ' ', '&nbsp;&nbsp;', '&emsp;'])}${name.slice(-1)}】`,
    names: [name.slice(0, 1) + name.slice(-1)],
  }),
  'a house before the name': ({ pick }, name) => ({ line: `【文/${pick(AWAY)} ${name}】`, names: [name] }),
  'a title before the name': ({ pick }, name) => ({
    line: `【文/${pick(AWAY)}${pick(POSTS)} ${name}】`,
    names: [name],
  }),
  'a title behind the name': ({ pick }, name) => ({
    line: `【文/${name}${pick([' ', '（', '，'])}${pick(POSTS)}】`.replace(/（([^）]*)】/, '（$1）】'),
    names: [name],
  }),
  'a foreign name with its spelling': ({ pick }) => {
    const [name, latin] = [pick(FOREIGN), pick(LATIN)];
    return {
      line: pick([`【文/${name}（${latin}）】`, `【文/${name} (${latin})】`, `【文/${name} ${latin}】`]),
      names: [name],
    };
  },
  'a name of four characters': ({ pick }, name) => {
    const long = pick(['欧阳', '司徒', '上官', '端木']) + name.slice(1);
    return { line: `【文/观察者网 ${long}】`, names: [long] };
  },
  'a second bracket': ({ pick }, name, other) => ({
    line: `【文/${name}】${pick(['', ' ', '　'])}【${pick(['译', '翻译', '编译'])}/观察者网 ${other}】`,
    names: [name, other],
  }),
  'a second line for the translator': ({ pick }, name, other) => ({
    line: `文/${name}</p><p>${pick(['译/', '翻译：', '译者：', '编译/'])}${other}`,
    names: [name, other],
  }),
  'a second line for the editor': ({ pick }, name, other) => ({
    line: `【文/${name}】</p><p>【${pick(['编辑', '责编', '校对'])}/${other}】`,
    names: [name],
  }),
  'two writers joined by a word': ({ pick }, name, other) => ({
    line: `【文/观察者网 ${name}${pick(['和', ' 和 ', '与', ' & ', '及'])}${other}】`,
    names: [name, other],
  }),
  'two writers joined by a mark': ({ pick }, name, other) => ({
    line: `【文/${name}${pick(['；', ';', '·', '—', '+', '|', '，'])}${other}】`,
    names: [name, other],
  }),
  reporters: ({ pick }, name, other) => ({
    line: pick([
      `本报记者 ${name} ${other}`,
      `记者：${name} ${other}`,
      `【记者 ${name} ${other}】`,
      `观察者网记者 ${name}、${other} 发自${AWAY[2]}`,
    ]),
    names: [name, other],
  }),
  'the form of another service': ({ pick }, name) => ({
    line: pick([
      `来源 | 三汊口笔记</p><p>作者 | ${name}`,
      `原创 ${name} 三汊口笔记`,
      `作者丨${name}</p><p>编辑丨三汊`,
      `■ ${name}`,
      `□ ${name}`,
    ]),
    names: [name],
  }),
  'Latin letters': ({ pick }) => {
    const name = pick(LATIN);
    return { line: pick([`By ${name}`, `【文/${name}】`, `Text: ${name}`]), names: [name] };
  },
  'spoken and written down': ({ pick }, name, other) => ({
    line: pick([`口述：${name}　整理：${other}`, `【口述/${name} 整理/${other}】`, `讲述 | ${name} 整理 | ${other}`]),
    names: [name, other],
  }),
  'a credit at the end': ({ pick }, name) => ({
    line: pick([
      `（作者：${name}）`,
      `（文/${name}）`,
      `（本文作者${name}）`,
      `作者 ${name}，${AWAY[2]}教授`,
      `（${name}）`,
    ]),
    names: [name],
    place: 'end',
  }),
  'reporters at the end': ({ pick }, name, other) => ({
    line: pick([`（记者 ${name} ${other}）`, `记者：${name}、${other}`, `（本报记者${name} ${other}）`]),
    names: [name, other],
    place: 'end',
  }),
  'a translator at the end': ({ pick }, name) => ({
    line: pick([`（${name}译自${AWAY[1]}网站）`, `译/${name}`, `翻译：${name}`, `（编译：${name}）`]),
    names: [name],
    place: 'end',
  }),
  'a signature on the right': ({ pick }, name) => ({
    line: pick([`<span style="float:right">${name}</span>`, `——${name}`, `${name} 于${AWAY[2]}`]),
    names: [name],
    place: 'end',
  }),
  'below an introduction': ({ pick }, name) => ({
    line: pick([`【文/观察者网 ${name}】`, `文/${name}`]),
    names: [name],
    place: 'after the first paragraph',
  }),
  'unknown brackets': ({ pick }, name) => ({
    line: pick([
      `〖文｜观察者网 ${name}〗`,
      `「文/${name}」`,
      `<文/${name}>`.replace('<', '&lt;'),
      `〔文/${name}〕`,
      `{文/${name}}`,
      `［文｜${name}］`,
    ]),
    names: [name],
  }),
  'an unknown role': ({ pick }, name) => ({
    line: `【${pick(['执笔', '主笔', '特稿', '供稿', '采编', '策划', '编写', '述评'])}/观察者网 ${name}】`,
    names: [name],
  }),
  'a bracket that does not close': ({ pick }, name) => ({
    line: `${pick(['【文/观察者网 ', '（文/', '【作者 '])}${name}`,
    names: [name],
  }),
  'something between the brackets that is no name': ({ pick, place }) => ({
    line: pick([
      '【作者＝＝观察者网】',
      `【本文写于${place()}】`,
      '【文/】',
      '【文/观察者网】',
      '【文/null】',
      `【文/{{author}}】`,
      '【文/佚名】'.replace('佚名', 'undefined'),
    ]),
    names: [],
  }),
  'an account and a note': ({ pick }, name) => ({
    line: pick([
      `【文/微信公众号“三汊口笔记” ${name}】`,
      `【文/${name}，本文首发于三汊口笔记】`,
      `【文/${name} 微信公号：三汊口】`,
      `【文/知乎用户 ${name}】`,
    ]),
    names: [name],
  }),
};

/** Puts the line in the byline's place; a page without one gets it where the form says. */
function printedAs(form: (typeof FORMS)[string]): MutantKind['make'] {
  return (original, words) => {
    const { line, names, place = 'top' } = form(words, words.name(), words.name());
    return inBody(original, ({ $, byline, append, prepend, prose }) => {
      if (byline !== null && plain($(byline).text()).length > 40) return false; // run in with a sentence
      const old = byline === null ? '' : $(byline).text();
      if (hasPeople(original)) return false;
      if (byline !== null) $(byline).remove();
      const html = `<p>${line}</p>`;
      if (place === 'top') prepend(html);
      else if (place === 'end') append(html);
      else if (prose[0] === undefined) return false;
      else $(prose[0]).after(html);
      const rest = old === '' ? original.truth.text : original.truth.text.replace(plain(old), '');
      const added = plain($(`<div>${html}</div>`).text());
      const text = (value: unknown) => plain(String(value)).replace(added, '') === rest;
      return [{ text, byline: (value: unknown) => names.length > 0 && credits(value, names) }];
    });
  };
}

/** A writer that the page names beside the body would have to be the same one. */
function hasPeople({ truth }: Original): boolean {
  return truth.staff.length > 0 || (truth.columnists.length > 0 && truth.source !== null);
}

/** True if the names are the wanted ones and no others; those who checked or drew it may stand there too. */
function credits(value: unknown, names: readonly string[]): boolean {
  if (!Array.isArray(value)) return false;
  const found = value.map(String).filter((each) => !/^(?:编辑|责编|校|图|视频)/.test(each));
  const bare = (text: string) => text.replace(/[\s·]/g, '');
  return found.length === names.length && names.every((name) => found.some((each) => bare(each).endsWith(bare(name))));
}

export const BYLINES: readonly MutantKind[] = kindsOf(
  'A',
  Object.fromEntries(Object.entries(FORMS).map(([name, form]) => [`a byline: ${name}`, printedAs(form)])),
);
