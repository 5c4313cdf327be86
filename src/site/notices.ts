/** The words of notices that stand in an article's place, as data. They name nothing in the world but the page and its reader. */

/** Each kind by what it alone says. The first that is found counts. */
export const NOTICES = {
  /** The article is gone. */
  withdrawn:
    /不存在|不见了|删除|删掉|下线|下架|撤下|撤回|撤稿|撤除|失效|过期|屏蔽|移除|移走|找不到|没找到|没有找到|未找到|未能找到|违规|审核|隐藏|notfound|deleted|removed|404/,
  /** Somebody between wants proof of the visitor. */
  gate: /验证|滑块|拼图|过于频繁|频率过|检测|异常流量|checkingyourbrowser|captcha|robot/,
  /** Scripts would bring the text. */
  loading:
    /加载|载入|读取中|缓冲|稍候|稍等|稍后(?!再试|重试)|请等待|刷新|正在打开|努力打开|loading|pleasewait|javascript/,
  /** Others get the text. */
  members:
    /登录|登陆|注册|会员|订阅|付费|购买|解锁|专享|开通|客户端|权限|无权|地区|区域|实名|app|login|signin|subscribe|region|country/,
  /** Something went wrong. */
  error:
    /繁忙|超时|异常|错误|出错|失败|维护|升级|改版|暂停|timeout|timedout|unavailable|servererror|badgateway|50[0234]/,
} as const;

/** What says no more than that the text cannot be had. */
export const DENIAL = /无法|不能|不可|不支持|暂不|暂无|关闭|转移|迁移|走丢|丢失|迷路|notavailable/;

/** What a notice speaks of, and whom it speaks to or what it says that became of it. */
export const OF_THE_PAGE = /页|链接|文章|内容|正文|稿件|帖/;
export const TO_THE_READER = /您|你|请|抱歉|对不起|已|走丢|丢失|迷路/;

/** All words of notices, in any case of letters; of a text that is nothing else they leave nothing. */
export const WORDS_OF_NOTICES = new RegExp(
  [
    ...[...Object.values(NOTICES), DENIAL].map(({ source }) => source),
    '页面|网页|网站|网址|网络|文章|内容|正文|全文|原文|稿件|新闻|链接|地址|帖子|信息|资源|视频|图片|资讯|数据|数据库|服务器|服务|系统|接口|连接|首页|主页|上一页|一文|栏目|频道',
    '本文|本站|本页|此文|此页|该文|该页|该帖|您|你|用户|读者|访客|作者|发布者|发布人|发帖人|管理员|编辑|我们|浏览器|设备|内部',
    '抱歉|对不起|遗憾|非常|十分|温馨|提示|友情|亲爱|谢谢|感谢|支持|配合|理解|关注|敬请期待',
    'sorry|page|error|content|article|please|requested|request|looking|available|does|exist|been|moved|longer|could|cannot|enable|before|accessing|internal|server|service|gateway|code|the|you|your|was|has|not|are|for|this|that|may|have|is|it|to|or|no|by|in|of|a',
    '访问|查看|浏览|查找|寻找|打开|请求|点击|阅读|观看|显示|返回|跳转|前往|联系|尝试|重试|输入|搜索|要找|想看|检查|确认|启用|开启|允许|下载|扫码|使用|成为|继续|获取|更新|恢复|调整|预计|提供|完成|拖动|更多|其他|其它|剩余|后续|完整|免费|试读',
    '暂时|停用|更改|变更|改名|中断|不可用|努力|拼命|正在|可能|因故|因为|由于|原因|版权方|版权|应|自动|已经|已被|或者|如果|如有|疑问|相关|规定|法律|法规|政策|要求|根据|按照|权利人|所在|两小时|小时|分钟|安全|认证|流量|仅|即可|先',
    '帖|看|找|请|的|了|或|已|被|是|在|中|因|由|其|将|为|到|至|该|此|本|这|篇|条|个|可|以|也|和|并|与|及|下|再|试|一|有|没|无|不|未|后|前|秒|里|处|所|要|让|会|能|去|来|哦|啦|吧|呢|啊|呀|哎|喔|吗|您好|\\d+',
  ].join('|'),
  'gi',
);
