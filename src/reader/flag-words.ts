/** The titles and meanings of flags for Chinese pages, beside the codes of `src/flags.ts`, which has them in English. */
import { FLAGS, type FlagCode } from '../flags.ts';
import type { Language } from './preferences.ts';

interface FlagWords {
  readonly level: 'doubt' | 'note';
  readonly title: string;
  readonly meaning: string;
}

/** What a flag is called; null for a code that this program does not know. */
export function flagInWords(code: string, language: Language): FlagWords | null {
  if (!Object.hasOwn(FLAGS, code)) return null;
  const known = code as FlagCode;
  if (language === 'en') return FLAGS[known];
  const [title, meaning] = IN_CHINESE[known];
  return { level: FLAGS[known].level, title, meaning };
}

const IN_CHINESE: Readonly<Record<FlagCode, readonly [title: string, meaning: string]>> = {
  'no-layout': ['没有版式认得此页', '什么也没有读出；原站的标记可能变了'],
  'two-layouts': ['两种版式都认得此页', '读的是页面中的前一种'],
  'torn-column': ['正文栏缺少最后一块', '正文以下的部分可能落在栏外，其字段因此缺失'],
  'second-article': ['页面上还有第二篇文章', '读的是第一篇；可能读错'],
  'address-disagrees': ['页面自称是另一篇文章', '原站可能答以别的页面'],
  'unknown-block': ['栏中有规则不认得的部分', '与正文相邻的留在正文里，其余略去'],
  'unaccounted-text': ['已知部分之外还有文字', '与正文相邻或在其中的留在正文里，其余略去'],
  'ledger-open': ['栏中有字既未保留，也未按名略去', '提取程序自身的差错；正文可能有缺'],
  'unread-field': ['已知的部分没有读出值', '页面上印有内容，而字段为空'],
  'value-unlike': ['值不合其字段的形式', '照印存下；可能是别的东西'],
  'title-mismatch': ['页面别处的标题不同', '取正文上方的标题'],
  'title-suspect': ['标题不像标题', '是网站的名称，或几乎没有内容'],
  'body-suspect': ['正文可能不属于此文', '几乎没有内容，或与标题、摘要毫不相干'],
  'no-time': ['没有发布时间', '以地址中的日期代替，或以抓取时间代替'],
  'unreadable-time': ['发布时间无法读懂', '以地址中的日期代替'],
  'two-times': ['发布时间不止一个', '取第一个'],
  'time-disagrees': ['页面上的时间互相矛盾', '照印存下'],
  'summary-disagrees': ['页面印有两种摘要', '取页面 Description 中的一种'],
  'picture-disagrees': ['页面给出两张分享图片', '取分享设置中的一张'],
  'witness-unreadable': ['页面中指明此文的一部分无法读懂', '没有据以核对'],
  'date-far': ['发布时间与地址中的日期相差很远', '取页面所印的时间'],
  'byline-unreadable': ['署名的写法无法读懂', '署名为空'],
  'byline-elsewhere': ['署名在文中，或文末有人名', '没有取用'],
  'byline-disagrees': ['署名与页面所称的作者不同', '两者都保留'],
  'name-unreadable': ['专栏作者、采编或责任编辑之处不是一个名字', '照印存下；程序的空值（如 null）除外'],
  'other-credits': ['署名与责任编辑之外还有其他署名', '没有字段容纳；文中的留在正文里'],
  'parts-missing': ['此文的分页没有读全', '正文不完整'],
  'parts-disagree': ['各分页不能相接', '接缝处可能缺字或重复'],
  'frame-in-body': ['页面的其他部分落在正文里', '已按名略去；其后的文字可能不属于此文'],
  'unknown-markup': [
    '正文中有词表不认得的标记',
    '除脚本、注释和样式表外照原样保留；可能隐去文字，或显示不属于此文的文字',
  ],
  'unknown-frame': ['正文外围的样式前所未见', '字段照印读出；页面可能隐去它们，或隐去全文'],
  'body-too-short': ['正文比页面的摘要还短', '文字可能有缺'],
  'text-incomplete': ['文字在句中断开，或提到后面还有', '文字可能有缺'],
  'text-twice': ['文字出现两次', '两处都留在正文里'],
  'text-foreign': ['有一行只是链接、广告或别的文章', '留在正文里'],
  'unknown-line': ['有一行不像文章的任何一种行', '留在正文里；可能不属于此文'],
  'markup-as-text': ['该是文字之处是标记、代码或模板', '照页面所示留在正文里'],
  'damaged-text': ['有作者不会写的字符', '字节已损坏，或按错误的编码读取'],
  'suspicious-characters': ['有不可见或私用的字符', '保留；控制字符不保留，标题不能容纳的以空格代替'],
  'left-out': ['页面所示的内容有些不在文档中', '它没有网络地址，或只在不运行脚本时显示'],
  'encoding-disagrees': ['页面标明的编码与其字节不符', '以字节为准'],
  'picture-without-address': ['有图片没有可用的地址', '不在图片之列'],
  'caption-unread': ['图片旁的一行可能是图注，也可能不是', '没有当作图注'],
  'media-without-address': ['嵌入页面或播放器没有地址', '不在链接之列'],
  'media-by-script': ['脚本或样式显示了自身元素以外的内容', '找到地址的已加链接'],
  'list-disagrees': ['列表中的此文与页面不同', '以页面为准'],
  'list-title-differs': ['同一篇文章，列表所印的标题不同', '以页面为准；列表常缩写、改写标题'],
  'list-picture-far': ['列表图片的上传时间与发布时间相差一个月以上', '页面不显示它；列表可能指向了别的文章'],
  'reader-sees-more': ['读者在页面上看到的比提取的多', '样式表所加或提取所漏的文字、图片不在文档中'],
  'reader-sees-less': ['读者看不到提取的全部', '保留；样式表隐去、折叠、遮盖或移走了文档所示的内容'],
  'reader-sees-otherwise': ['读者看到的次序或图注不同', '按源码的次序保留，图注以提取的为准'],
};
