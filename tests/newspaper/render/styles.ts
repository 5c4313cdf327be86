/** The style sheets of the newspaper: rules of the kinds that a site's own have, of which none changes what is read. */

/** By the last part of their address. */
export const STYLE_SHEETS: Readonly<Record<string, string>> = {
  'public.css': `@charset "utf-8";
* { margin: 0; padding: 0; }
body { font: 14px/1.6 "Microsoft YaHei", sans-serif; color: #222; background: #fff; }
ul, li { list-style: none; }
img { border: 0; }
a { color: #222; text-decoration: none; }
.fix:after { content: "."; display: block; height: 0; clear: both; visibility: hidden; }
.fl { float: left; } .fr { float: right; } .mt15 { margin-top: 15px; } .ml10 { margin-left: 10px; }
.header-index { position: fixed; top: 0; left: 0; right: 0; height: 50px; background: #fff; z-index: 99; }
.header-nav-cell { float: left; padding: 0 12px; }
.header-index-erweima { display: none; }
.footer { text-align: center; color: #999; background: #f4f4f4; }
`,
  'main.css': `.content-main { width: 1200px; margin: 0 auto; padding-top: 60px; }
.two-coloum { position: relative; }
.left-main { float: left; width: 790px; }
.two-coloum > .right { float: right; width: 390px; overflow: hidden; }
.left-main > h3 { font-size: 30px; line-height: 42px; text-transform: uppercase; }
.left-main .time { color: #999; font-size: 12px; } .left-main .time span { margin-right: 20px; }
.author-intro img, .editor-intro img { width: 45px; height: 45px; border-radius: 50%; }
.all-txt { font-size: 18px; line-height: 34px; padding: 20px 0; overflow: hidden; position: relative; }
.all-txt p { margin: 0 0 20px; text-align: justify; word-wrap: break-word; }
.all-txt p[align="center"] { text-align: center; }
.all-txt img { max-width: 100%; height: auto; }
.all-txt ul { margin: 0 0 20px 30px; } .all-txt ul li { list-style: disc; }
.all-txt table { border-collapse: collapse; margin: 0 auto 20px; } .all-txt td { padding: 4px; border: 1px solid #ccc; }
.content-quote { background: #f7f7f7; padding: 10px 20px; border-left: 4px solid #c00; }
.content-quote:before { content: "\\201C"; font-size: 40px; color: #ccc; }
.content-pic-new { text-align: center !important; }
.key-word span { color: #999; } .share a:before { content: "\\e601"; font-family: iconfont; }
.accusation-down-list { display: none; position: absolute; background: #fff; }
.shared-items { display: none; } .post-recommend { font-size: 20px; border-left: 3px solid #c00; }
.gc-comment { background: #fff; border-top: 1px solid #eee; } .comment-item { overflow: hidden; padding: 10px; }
.gotop { position: fixed; right: 20px; bottom: 20px; width: 40px; height: 40px; background: #c00; }
`,
  'post.css': `.container { width: 800px; margin: 0 auto; } .article-content { background: #fff; padding: 20px; }
.article-content h1 { font-size: 28px; } .user-box { color: #999; overflow: hidden; }
.article-txt-content { font-size: 17px; word-break: break-all; } .article-txt-content img { max-width: 100%; }
.article-expand-more { text-align: center; } .pagination li { display: inline-block; padding: 5px; }
`,
};
