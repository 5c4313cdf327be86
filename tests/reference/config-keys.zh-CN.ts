/** What each key of the configuration means, in Chinese, for docs/zh-CN/configuration.md: one for each key of src/config-keys.ts. */

/** By the path of the key. */
export const CONFIG_KEYS_CHINESE: Readonly<Record<string, string>> = {
  archive: '存档的位置，相对于配置文件；所有路径中的 `~` 和 `$NAME` 都按 shell 的规则解释',
  'site.www': '文章和列表的来源（origin）；请求的一切都必须属于 `site` 下的某个来源',
  'site.community': '社区帖子（风闻）的来源',
  'site.images': '图片的来源',
  'site.lists': '只允许请求列表的来源，并且只在 `sources` 中有列表位于那里时才请求',
  'capture.what':
    '保存与网站的哪些往来：`pages`（全部，图片只存其字节的哈希）、`all`（全部）或 `off`（不保存）；可简写为 `capture: off`',
  'capture.exact': '请求未压缩的正文，逐字节按发来的样子保存',
  sources:
    '`crawl`、`schedule` 和 `backfill` 读取的列表：`name`（文档的第三个分类）、`url`、`pages`（页数）、首页的 `part`（栏目），作者索引每次 `follow` 多少个列表；`cron` 和 `timeZone`；配置文件中还列出许多',
  'schedule.timeZone': 'cron 表达式所用的时区',
  'schedule.minIntervalMs': '没有 `cron` 的列表，最快多久再读一次',
  'schedule.maxIntervalMs': '同上，最慢多久',
  'schedule.restMs': '失败或被网站拒绝的，过这么久再请求；每次加倍，最长一周',
  'document.categories': '每篇文档的第一和第二个分类',
  'document.author': '每篇文档的作者：是网站，从不是撰稿人；与第二个分类相同',
  'document.date': '或 `utc`',
  'document.onDemand': '不在任何列表上的文章的第三个分类',
  'politeness.intervalMs': '对同一主机两次页面请求之间的间隔，从收到回答算起；重启后仍然有效',
  'politeness.assetIntervalMs': '同上，两次图片下载开始之间的间隔',
  'politeness.concurrency': '同时处理的文章数',
  'politeness.robots': '遵守 robots.txt 及其 crawl-delay',
  'politeness.backoffMs':
    '主机拒绝或出现服务器错误之后、网址失败之后的首次暂停；每次加倍，最长一小时；`Retry-After` 优先',
  'politeness.longestPauseMs':
    '无论 `Retry-After`、crawl-delay 或 robots.txt 如何要求，暂停访问一个主机都不会超过这么久',
  'politeness.attempts': '一次运行中对一个网址的访问次数',
  'politeness.blockedPauseMs': '网站连续拒绝五篇文章时抓取的暂停时间；每次加倍',
  'politeness.blockedPauses': '这样暂停多少次之后结束抓取',
  'revisits.agesMs': '文章发表多久之后重访；[] 表示从不重访',
  'fallback.wayback': '`true`：网站上已经没有的，到互联网档案馆的 Wayback Machine 查找',
  'fallback.origin': '它的来源地址',
  'checks.render':
    '哪些页面要像读者看到的那样排版检查：`never`（从不）、`new`（有疑点标记的），或 `{ every: N }`（有疑点标记的，以及编号能被 N 整除的每篇文章）',
  'browser.executablePath':
    'Chromium 或 Chrome 的路径；null：依次用 Playwright 自己的、系统的、随包所带的、已安装的 Chrome 或 Edge',
  'browser.userAgent': 'null：浏览器自己的 User-Agent，后面加上本程序的名称和主页',
  'browser.timeoutMs': '一次请求的时限',
  'network.allowAddresses': '虽不是互联网地址也允许连接的地址和网段，如 `127.0.0.0/8`',
  'network.proxy':
    '`http://`、`https://` 或 `socks5://` `USER:PASSWORD@HOST:PORT`：浏览器和下载共用的代理，由它解析网站的名称。null：采用环境变量 `HTTPS_PROXY`、`HTTP_PROXY`、`ALL_PROXY` 和 `NO_PROXY` 所指定的（小写的优先；从不用于本机）。`direct`：不用代理',
  'network.certificates':
    '额外信任的证书颁发机构的 PEM 文件，用于以自有机构签名的网络；`NODE_EXTRA_CA_CERTS` 也会读取。此时网站的证书由 Node.js 代替浏览器校验',
  notify: '发生事情时要通知的接口（hook）',
  'seal.when':
    '何时封存：`daily` 每天一次（UTC），在 `crawl` 结束时和 `schedule` 运行中；`run` 另外在每次 `crawl` 结束时；`off` 只用命令',
  'seal.key': '私钥文件，在存档之外；null：`$XDG_DATA_HOME` 或 `~/.local/share` 下的 `guancha-archive/seal.key`',
  'seal.timestamp': '时间戳服务机构（RFC 3161）的地址',
  'seal.witnesses': '见证者的验证密钥，用来校验它们的联署',
  'cluster.storage':
    '存档文件不在 `archive` 时的位置：共享文件夹，或对象存储 `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`；此时 `archive` 是本机存放数据库、锁和待写内容的文件夹。`--archive DIR` 优先于它',
  'cluster.redis':
    '`worker` 的队列所在，如 `redis://:password@host:6379/0`，每个存档用一个 Redis 数据库。丢了它不会丢失任何东西',
  'cluster.postgres':
    '多台机器共用的数据库，如 `postgres://user:password@host/database`；其中没有密码时采用环境变量 PGPASSWORD。null：队列和日志位于 `frontier.sqlite`',
  'monitor.listen': '`HOST:PORT`，如 `127.0.0.1:9464`，提供 `GET /healthz` 和 `GET /metrics`',
  'monitor.file': '以 JSON 文件记录健康状况，相对于配置文件，在存档之外',
  'monitor.staleMs': '这么久没有进展，健康状况即为 `failing`',
  'serve.host': '`serve` 监听的地址',
  'serve.port': '端口；0 表示任意空闲端口',
  'serve.password': '读者须知的密码或其哈希（`serve --hash-password`）；没有密码时只为本机服务',
  'serve.names': '除 `localhost` 和纯地址之外可用来访问的主机名；其他的一概不回答',
  'limits.pageBytes': '最大的页面，以解压后计',
  'limits.imageBytes': '最大的图片',
  'limits.imagesPerArticle': '一篇文章超出此数的图片记为缺失',
  'limits.visitMs': '一次访问中图片总共可用的时间，页面另有同样多，不含排队等待；余下的图片由以后的访问来取',
  'limits.visitBytes': '同上，字节数；其中页面最多为 `limits.pageBytes` 的四倍',
  'limits.visitRequests': '同上，请求数；重定向和重试也计算在内',
  'limits.minFreeBytes': '存档所在磁盘的剩余空间低于此数时，运行在下一篇文章之前结束，退出码为 8',
  'limits.quarantineItems': '隔离区保留多少个页面；最旧的先移除',
  'limits.quarantineBytes': '隔离区保留多少字节；最旧的先移除',
};
