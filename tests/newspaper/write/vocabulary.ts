/** The world that the newspaper reports on. Every town, river, house and person in it is made up. */

/** What one kind of story speaks of. */
export interface Theme {
  /** Its tag, such as 运河. */
  readonly name: string;
  /** What the news is about. */
  readonly things: readonly string[];
  /** Who runs it. */
  readonly bodies: readonly string[];
  /** What is done to it, as a verb with its object's place left to the thing. */
  readonly deeds: readonly string[];
  /** What is counted there, with its measure word. */
  readonly counts: readonly string[];
  /** Parts worth a look. */
  readonly parts: readonly string[];
}

export const THEMES: readonly Theme[] = [
  {
    name: '运河',
    things: ['澜江运河', '白鹭洲船闸', '柳溪支渠', '三汊口引水渠', '老码头航道'],
    bodies: ['运河管理处', '航道工程队', '船闸调度室'],
    deeds: ['完成清淤', '恢复通航', '换上新闸门', '开放夜航', '修好石砌护岸'],
    counts: ['艘货船', '方淤泥', '座闸口', '公里航道'],
    parts: ['闸门', '缆桩', '石堤', '水位尺', '引航道'],
  },
  {
    name: '图书馆',
    things: ['青禾镇图书馆', '云栈书院', '流动书车', '山谷阅览室', '旧粮仓书库'],
    bodies: ['馆藏部', '志愿读者协会', '古籍修复组'],
    deeds: ['延长开放', '修复地方志', '开设夜读', '编完新目录', '试行免证借阅'],
    counts: ['册图书', '张座位', '卷手抄本', '位读者'],
    parts: ['阅览桌', '书库', '卡片柜', '天窗', '修复台'],
  },
  {
    name: '桥梁',
    things: ['雾岭大桥', '双虹桥', '石榴湾人行桥', '九曲浮桥', '望潮桥'],
    bodies: ['桥梁养护中心', '合龙指挥部', '监测站'],
    deeds: ['顺利合龙', '通过荷载试验', '换完全部吊索', '开放步行道', '装上减振器'],
    counts: ['根吊索', '吨钢材', '个桥墩', '组传感器'],
    parts: ['桥面', '主塔', '锚碇', '伸缩缝', '护栏'],
  },
  {
    name: '茶园',
    things: ['霜溪茶园', '半坡茶厂', '云脚梯田', '古茶树群', '晒青棚'],
    bodies: ['茶农合作社', '制茶所', '茶树种质圃'],
    deeds: ['采下头茬', '复原旧工艺', '试种新品种', '迎来秋茶季', '建成遮阴网'],
    counts: ['斤鲜叶', '亩梯田', '株古树', '口炒锅'],
    parts: ['萎凋槽', '揉捻机', '焙笼', '茶垄', '山泉'],
  },
  {
    name: '铁路',
    things: ['青澜铁路', '雾岭隧道', '慢车六零七次', '柳溪小站', '高原观光线'],
    bodies: ['工务段', '客运段', '线路设计所'],
    deeds: ['铺轨到站', '恢复慢车', '改造站台', '贯通隧道', '更换长轨'],
    counts: ['公里钢轨', '节车厢', '趟列车', '名乘客'],
    parts: ['道岔', '候车室', '信号灯', '路基', '接触网'],
  },
  {
    name: '天文台',
    things: ['鹿鸣山天文台', '二米级望远镜', '暗夜公园', '老子午仪', '流星监测网'],
    bodies: ['观测组', '光学车间', '科普部'],
    deeds: ['拍到首张照片', '完成镜面镀膜', '公布星表', '向公众开放', '换上新圆顶'],
    counts: ['颗变星', '个观测夜', '张底片', '台相机'],
    parts: ['主镜', '圆顶', '导星镜', '赤道仪', '控制室'],
  },
  {
    name: '灯塔',
    things: ['望潮角灯塔', '鸥屿航标站', '雾号房', '守塔人小屋', '海上浮标'],
    bodies: ['航标处', '海岛志愿队', '灯器修理间'],
    deeds: ['重新点灯', '修复旋梯', '换用太阳能', '开放参观', '补齐值守日志'],
    counts: ['级台阶', '座浮标', '块棱镜', '海里射程'],
    parts: ['灯笼', '透镜', '旋梯', '雾钟', '石基'],
  },
  {
    name: '植物园',
    things: ['云台植物园', '蕨类温室', '种子库', '高山花圃', '苗木标本馆'],
    bodies: ['园艺组', '种子保藏室', '标本编目组'],
    deeds: ['迎来花期', '存入新种子', '迁完苗木', '扩建温室', '补种乡土树'],
    counts: ['份种子', '种蕨类', '株苗木', '平方米温室'],
    parts: ['喷雾管', '育苗床', '标本柜', '温控箱', '步道'],
  },
  {
    name: '窑火',
    things: ['瓷溪龙窑', '釉料作坊', '旧窑遗址', '瓷土矿', '青瓷陈列室'],
    bodies: ['窑工传习所', '考古队', '釉色实验室'],
    deeds: ['重新点火', '出土窑具', '复烧青瓷', '完成编目', '改烧天然气'],
    counts: ['件瓷器', '层匣钵', '吨瓷土', '孔投柴口'],
    parts: ['窑门', '火膛', '匣钵', '烟囱', '釉缸'],
  },
  {
    name: '气象站',
    things: ['雪线气象站', '雨量观测网', '探空场', '百年观测簿', '农业气象哨'],
    bodies: ['观测员小组', '预报台', '仪器检定室'],
    deeds: ['连测满百年', '升级雨量计', '放飞新探空', '整理旧记录', '增设雪深尺'],
    counts: ['次观测', '个雨量站', '毫米降水', '本观测簿'],
    parts: ['百叶箱', '风向杆', '雨量筒', '日照计', '值班室'],
  },
];

export const PLACES = [
  '青禾镇',
  '临澜市',
  '雾岭县',
  '柳溪乡',
  '鹿鸣山',
  '石榴湾',
  '霜溪村',
  '望潮角',
  '云台区',
  '瓷溪镇',
  '半坡村',
  '白鹭洲',
  '九曲镇',
  '鸥屿',
  '三汊口',
  '云脚村',
] as const;

/** Papers that the newspaper takes stories from. */
export const OUTLETS = ['澜江日报', '青禾新闻网', '雾岭晨报', '望潮周刊'] as const;

export const KEYWORD_EXTRAS = [
  '民生',
  '工程',
  '手艺',
  '旧物',
  '公共空间',
  '河流',
  '夜间开放',
  '乡村',
  '修复',
  '科普',
] as const;

/** Topic pages (专题), with their slugs. */
export const TOPICS = [
  { name: '运河新航程', slug: 'YunHeXinHangCheng' },
  { name: '夜读人', slug: 'YeDuRen' },
  { name: '桥上风景', slug: 'QiaoShang' },
  { name: '一杯秋茶', slug: 'QiuCha' },
  { name: '抬头看星', slug: 'taitoukanxing' },
] as const;
