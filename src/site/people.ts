/** How the site and the press that it reprints name people: what a grammar of names and bylines is made of, as data. */

/** Family names of one character: the Hundred Family Names without those that begin everyday words, and later ones. */
const FAMILY =
  '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐' +
  '费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁' +
  '杜阮蓝闵席季麻贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万柯昝管卢莫房裘缪解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢' +
  '滑裴陆荣翁荀羊於惠甄曲封芮羿储靳汲邴糜松井段巫乌焦巴弓牧隗谷车侯宓蓬郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜' +
  '黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥苍闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛边扈燕冀郏浦尚农温庄晏柴瞿阎慕茹' +
  '习宦艾鱼容向古易戈廖庾暨居衡步耿弘匡文寇禄阙欧殳沃蔚夔巩厍聂晁勾敖冷訾辛阚那简饶曾毋沙乜鞠巢关蒯查荆游竺权逯盖桓肖闫付代仝苟' +
  '邸覃兰涂冼佟谌晋麦岳楚鹿丘亓仉佘苑迟辜揭邝丛卿禚鄢庹牟由竹宾岩甯栗钱商瞿贠尉闾';
const FAMILIES = new Set(FAMILY);

/** Family names of two characters. */
const LONG_FAMILIES = new Set(
  (
    '欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 司空 轩辕 端木 独孤 南宫 呼延 闻人 申屠 太史 澹台 赫连 ' +
    '万俟 完颜 拓跋 西门 东郭 百里 纳兰 钟离 鲜于 闾丘 濮阳 淳于 单于 第五'
  ).split(' '),
);

/** Everyday words that begin like a name: never taken for one where they must prove it. */
const WORDS = new Set(
  (
    '金融 安全 时事 文化 文学 石油 石化 华为 方言 方志 房产 党史 黄金 高校 高级 高等 高中 高铁 时政 时评 文艺 文旅 文史 文教 史学 边疆 边防 ' +
    '海外 华人 华侨 车市 车评 安徽 贵州 江苏 江西 云南 黄河 关系 关注 向上 成都 宁夏 武汉 温州 常州 杭州 郑州 冀中 燕京 鲁西 晋城 康复 计算 ' +
    '管理 解放 解读 应急 单位 包装 计划 印度 荣誉 白宫 牛津 剑桥 万方 万科 明星 明报 乐视 严肃 任务 常务 常驻 易车 古代 农业 农村 农民 尚未 ' +
    '于是 那么 那些 那个 那时 何时 何处 何人 何以 从前 从此 权威 游戏 游客 查看 盛大 宣传 连线 温度 包括 平台 平安 时代 时间 时候 马上 方面 方案 ' +
    '张家口 石家庄 马来西亚 秦皇岛 管理员 安理会'
  ).split(' '),
);

/** Words in the place of a name that name nobody. */
const NOBODY =
  /^(?:name|author|editor|admin|unknown|anonymous|佚名|匿名|未知|不详|无名|无|暂无|暂缺|待补|待定|空|作者|编辑|记者|小编|编者|笔者|译者|网友|用户|本报|本网|本刊|本站|网络|综合|转载|来源|名字|姓名|真名|笔名|某某|原创|首发|特约|观察者|新媒体|国际|财经|经济|军事|科技|社会|体育|文化|历史|视频|评论|时评|专题|等|x{2,}|某)$/i;

/** True for what a program prints where it has no value, and for a template that was not filled in. */
export function isPlaceholder(text: string): boolean {
  return /^(?:null|undefined|none|nan|true|false|n\/?a|\(null\))$|\{\{|\}\}|\$\{|<[%?]|[%?]>|\[object|%s/i.test(text);
}

export function namesNobody(text: string): boolean {
  return NOBODY.test(text.replace(/^@/, '')) || isPlaceholder(text);
}

/** True for a family name with a given name of one or two characters, which no everyday word is. */
export function isFullName(text: string): boolean {
  if (!/^\p{Script=Han}{2,4}$/u.test(text) || WORDS.has(text)) return false;
  if (/[等们说称的了是在也及]/.test(text.slice(1))) return false;
  const given = text.length - (LONG_FAMILIES.has(text.slice(0, 2)) && text.length > 2 ? 2 : 1);
  return given <= 2 && (given === text.length - 2 || FAMILIES.has(text.charAt(0)));
}

/** A family name alone, such as one set apart from its given name. */
export function isFamilyName(text: string): boolean {
  return FAMILIES.has(text) || LONG_FAMILIES.has(text);
}

/** The newsroom itself. */
export const HOUSE = '观察者网';

/** Media that their last character does not give away. */
const MEDIA = new Set(
  (
    `${HOUSE} 央视 央视新闻 央广 新华 新华视点 中新 凤凰 财新 澎湃 澎湃新闻 界面 界面新闻 红星新闻 极目新闻 封面新闻 上观新闻 环球 路透 彭博 美联 ` +
    '法新 共同 塔斯 今日俄罗斯 半岛 第一财经 财联 虎嗅 瞭望 三联 直新闻 看看新闻 总台 科工力量 观视频 观学院 21世纪经济报道 ' +
    'BBC CNN CGTN CCTV RT NHK KBS FT WSJ AP AFP NBC ABC CBS CNBC VOA DW'
  ).split(' '),
);

export function isMedium(word: string): boolean {
  return MEDIA.has(word);
}

/** Ends of the names of papers, agencies, schools and offices. */
const LONG_ENDS =
  '大学|学院|研究院|研究所|研究中心|实验室|电视台|广播台|通讯社|出版社|报社|日报|晚报|早报|晨报|时报|周报|商报|青年报|周刊|月刊|杂志|期刊|卫视|' +
  '论坛|智库|工作室|编辑部|评论部|新闻网|在线|频道|客户端|公众号|委员会|基金会|协会|学会|中心|公司|集团|银行|证券|医院|平台|专栏|栏目|课题组|' +
  '频道组|新闻|研究|视频|传媒|英文版|中文网|中文版|国际版|俱乐部|联盟|政府|法院|使馆|领馆';
/** Ends of the names of columns and accounts, which are words as well: they prove nothing where a name is glued to them. */
const SOFT_ENDS =
  '观察|评论|消息|财经|科技|经济|军事|国际|资讯|快讯|之声|学堂|讲堂|课堂|参考|人物|视界|视野|书局|书店|时评|世界|中国';
const INSTITUTION = new RegExp(`.(?:${LONG_ENDS}|[网社报台院所部会组刊局厅署》”」])$`);
const COLUMN = new RegExp(`.(?:${SOFT_ENDS})$`);
/** What may stand before a glued name: only such an end proves that the name of the institution ends there. */
const INSTITUTION_INSIDE = new RegExp(`^.{0,30}?(?:${LONG_ENDS}|[》”」])`);

/** Ends of what somebody is. */
const TITLE_END =
  '专栏作者|专栏作家|特约作者|签约作者|特邀作者|原创作者|撰稿人|评论员|观察员|研究员|实习生|通讯员|特派员|主持人|分析师|工程师|负责人|创始人|' +
  '发言人|学家|批评家|评论家|理论家|观察者|爱好者|从业者|合伙人|创办人|影评人|制片人|经纪人|学人|人士|公务员|馆员|民警|歌手|投资官|专家|学者|作者|作家|记者|编辑|主编|总编|主笔|教授|讲师|导师|博士|硕士|博士生|研究生|博士后|院士|院长|校长|所长|' +
  '主任|会长|理事|理事长|秘书长|主席|总裁|董事长|经理|律师|医生|医师|大使|参赞|顾问|导演|画家|诗人|助理|委员|书记|馆长|台长|社长|外交官|得主|总理|总统|部长|议员|司长|处长|市长|省长|将军|司令|少将|上将|大校|军官|' +
  '首席|企业家|媒体人|投资人|设计师|建筑师|教师|留学生|大学生|博主|主播|飞行员|高管|代表';
const TITLE = new RegExp(`(?:${TITLE_END})$`);
const TITLE_ALONE = new RegExp(`^(?:副|前|高级|资深|首席|特约)?(?:${TITLE_END})$`);
const TITLE_BEFORE = new RegExp(`^(.{0,40}(?:${TITLE_END}))(.+)$`);
/** Titles that are glued to the name before them. */
const TITLE_BEHIND = /^(.+?)((?:副)?教授|博士|院士|先生|女士|老师)$/;

export function isTitle(word: string): boolean {
  return TITLE.test(word);
}

/** True for a title with nothing of whose it is. */
export function isTitleAlone(word: string): boolean {
  return TITLE_ALONE.test(word);
}

/** True for the name of a medium, school or office, and for whatever ends in what somebody is. */
export function isAffiliation(word: string): boolean {
  return MEDIA.has(word) || INSTITUTION.test(word) || TITLE.test(word);
}

/** True for what may be the name of a column or an account: before a name, or alone, it is no name. */
export function isColumn(word: string): boolean {
  return COLUMN.test(word);
}

/** Words of institutions and titles anywhere: a pen name has none of them. */
const OF_INSTITUTIONS = new RegExp(`${LONG_ENDS}|${TITLE_END}|[网报社驻]`);

export function speaksOfInstitutions(word: string): boolean {
  return OF_INSTITUTIONS.test(word);
}

/**
 * What is glued to a name: `[before, name]` wherever the end of an affiliation could be, most certain first; the caller
 * decides whether the rest is a name.
 */
export function gluedBefore(word: string): readonly (readonly [before: string, rest: string])[] {
  const splits: (readonly [string, string])[] = [];
  const title = TITLE_BEFORE.exec(word);
  if (title?.[1] !== undefined && title[2] !== undefined) splits.push([title[1], title[2]]);
  const inside = INSTITUTION_INSIDE.exec(word)?.[0];
  if (inside !== undefined) splits.push([inside, word.slice(inside.length)]);
  for (let length = Math.min(6, word.length - 1); length >= 2; length--)
    if (MEDIA.has(word.slice(0, length)) || /[网社]$/.test(word.slice(0, length)))
      splits.push([word.slice(0, length), word.slice(length)]);
  return splits.filter(([, rest]) => rest !== '');
}

/** `[name, title]` where a title is glued to the end of what may be a name; null otherwise. */
export function gluedBehind(word: string): readonly [name: string, title: string] | null {
  const [, name, title] = TITLE_BEHIND.exec(word) ?? [];
  return name === undefined || title === undefined ? null : [name, title];
}

/** What people do for an article, as bylines and credits print it. */
const ROLES = new Set(
  (
    '文 文字 撰文 撰稿 主笔 执笔 作者 本文作者 原创 原作者 原作 原文 原著 著 采访 采写 采编 访谈 对话 专访 整理 整理人 文字整理 口述 记录 讲述 编译 编 编辑 文编 美编 ' +
    '责编 责任编辑 执行编辑 值班编辑 实习编辑 新媒体编辑 主编 翻译 译者 译 编译者 校 校对 校译 审校 审核 审读 审稿 监制 统筹 策划 出品 制作 制图 排版 设计 ' +
    '终审 初审 复审 一审 二审 三审 签发 By by BY Text Author Words 撰 述 供稿 特稿 编写 述评 记者 实习记者 通讯员 报道 图文 文图 图 图片 摄影 摄 视频 剪辑 配图 插图 插画 漫画 供图 图源 来源 稿源 出处 转自 译自'
  ).split(' '),
);
/** Of pictures and films alone: a byline says more. */
const OF_PICTURES = new Set('图 图片 摄影 摄 视频 剪辑 配图 插图 插画 漫画 供图 图源 制图'.split(' '));
/** Who wrote it. */
const OF_WRITING =
  /文|作者|撰|著|主笔|执笔|采写|采访|采编|访谈|编译|编写|口述|述评|译|原创|稿$|^(?:By|Text|Author|Words)$/i;

export function isRole(word: string): boolean {
  return ROLES.has(word);
}

/** @param role one or several as printed: `文`, `采访、整理` */
export function isOfPictures(role: string): boolean {
  return role.split(/[、，,&＆\s和及与]+/).every((each) => OF_PICTURES.has(each));
}

export function isOfWriting(role: string): boolean {
  return OF_WRITING.test(role) && !/原文|转自|审稿/.test(role);
}

/** Where the text comes from: its value is no person. */
export function isOfSource(role: string): boolean {
  return /^(?:来源|稿源|出处|转自|图源)$/.test(role);
}

/** Roles that are glued behind a name (`…王五译/赵六`): never 文, which ends many a name. */
export const GLUED_ROLE = /^(.+?)(编译|翻译|采访|整理|校对|译|校|图)$/;

/** Roles under which interviews print who speaks: `记者：…` with a colon is no byline unless a full name follows. */
export function mayBeSpeaker(role: string): boolean {
  return /^(?:记者|编辑|翻译|采访|主编|对话|访谈|讲述|作者|主笔)$/.test(role);
}
