/** Readers' comments under an article: the part that makes a page heavy, with traps for greedy selectors. */
import { nickname } from '../write/people.ts';
import { comment, subject } from '../write/prose.ts';
import type { Random } from '../write/random.ts';
import { THEMES } from '../write/vocabulary.ts';
import { text } from './html.ts';

/** Comments of about `bytes` bytes (at least one), in the container that the comment script fills. */
export function commentsHtml(
  random: Random,
  options: { readonly docId: number; readonly bytes: number; readonly images: string },
): string {
  const about = subject(random, random.pick(THEMES));
  const items: string[] = [];
  for (let left = options.bytes; left > 0 || items.length === 0; ) {
    const item = commentHtml(random, text(comment(random, about)), options.images);
    items.push(item);
    left -= Buffer.byteLength(item);
  }
  return `<a name="comment" id="comment"></a>
<div class="gc-comment" id="comments-container" data-id="${options.docId}" data-type="1" data-from="cms">
<h3 class="tab-control-header" data-area="1">热门评论 <span>${items.length}</span>条</h3>
<div class="comment-list"><ul class="list-body list-hot-body-all">
${items.join('\n')}
</ul></div>
<ul class="pagination"><li class="active"><a href="javascript:;" data-page="1">1</a></li><li><a href="javascript:;" class="next">下一页</a></li></ul>
</div>
`;
}

function commentHtml(random: Random, words: string, images: string): string {
  const id = random.int(17_000_000, 45_000_000);
  const uid = random.int(300, 900_000);
  return `<li data-id="${id}" data-root="0" class="comment-item cmt-item">
  <div class="clearfix">
    <div class="user-box clearfix">
      <div class="user-avatar popup-user" data-uid="${uid}" data-fromweibo="false"><img src="${images}/bbs/avatar/2017/${uid}.jpg"></div>
      <a href="//user.guancha.cn/user/personal-homepage?uid=${uid}" target="_blank" class="user-nick">${nickname(random)}</a> <span class="signature"></span>
    </div>
  </div>
  <div class="content comment-txt">${words}</div>
  <div class="list-footer clearfix"><span class="time"> ${random.int(1, 23)}小时前</span>
    <div class="operations">
      <a href="javascript:;" class="accusation" data-id="${id}" data-action="accusation_comment">举报</a>
      <div class="shared-comment" style="display:inline-block;"><a href="javascript:;" data-id="${id}">分享</a>
        <div class="shared-items"><div class="shared-tips"><a href="javascript:;" class="shared-sina" data-cmd="tsina"><span></span>微博</a><a href="javascript:;" class="shared-weixin" data-cmd="weixin"><span></span>微信</a><i class="arrows"></i></div></div>
      </div>
      <a href="javascript:;" class="comment" data-id="${id}">回复</a> <a href="javascript:;" data-id="${id}" class="tread  ">踩<span>${random.int(0, 9)}</span></a>
      <a href="javascript:;" data-id="${id}" class="praise  ">赞<span>${random.int(0, 400)}</span></a> <a href="javascript:;" data-id="${id}" class="collection  ">收藏</a>
    </div>
  </div>
</li>`;
}
