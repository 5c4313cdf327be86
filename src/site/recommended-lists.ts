/** The lists that a crawl by schedule needs in order to miss little: they overlap, and what one leaves out another shows. */

interface RecommendedList {
  readonly name: string;
  readonly url: string;
  readonly pages?: number;
}

/** In the order in which a source names the articles that several show. */
export const RECOMMENDED_LISTS: readonly RecommendedList[] = [
  { name: '头条', url: 'https://www.guancha.cn/GuanChaZheTouTiao/list_1.shtml' },
  { name: '要闻', url: 'https://www.guancha.cn/mainnews-yw/' },
  { name: '时评', url: 'https://www.guancha.cn/mainnews-sp/' },
  { name: '首页', url: 'https://www.guancha.cn/' },
  { name: '国际战略', url: 'https://www.guancha.cn/column/GuoJi·ZhanLue' },
  { name: '政治', url: 'https://www.guancha.cn/column/ZhengZhi' },
  { name: '财经', url: 'https://www.guancha.cn/column/CaiJing' },
  { name: '军事', url: 'https://www.guancha.cn/column/JunShi' },
  { name: '产经', url: 'https://www.guancha.cn/column/ChanJing' },
  { name: '科技', url: 'https://www.guancha.cn/column/GongYe·KeJi' },
  { name: '城事', url: 'https://www.guancha.cn/column/ChengShi' },
  { name: '风闻', url: 'https://user.guancha.cn/main/index-list.json?page=1&order=2', pages: 2 },
];
