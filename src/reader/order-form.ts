/** The form that orders an article to be archived, and the bookmark that fills it in. Filling in changes nothing. */
import type { Order } from '../journal/orders.ts';
import { html, type Markup } from './markup.ts';
import type { Words } from './words.ts';

/** Where the form is sent. */
export const ORDER_HREF = '/run/order';

interface OrderForm {
  /** What is filled in. */
  readonly url: string;
  /** What must be sent along. */
  readonly token: string;
  /** Of this server, for the bookmark. */
  readonly origin: string;
  /** What came of it. */
  readonly said: string | null;
}

export function orderForm({ url, token, origin, said }: OrderForm, words: Words): Markup {
  const bookmark = `javascript:location.href=${JSON.stringify(`${origin}/run?url=`)}+encodeURIComponent(location.href)`;
  return html`<section><h2>${words.orderTitle}</h2>
${said === null ? null : html`<p class="notice" role="status">${said}</p>`}
<form class="chooser" method="post" action="${ORDER_HREF}"><input type="hidden" name="token" value="${token}">
<label>${words.address} <input type="text" inputmode="url" name="url" value="${url}" required maxlength="2000" size="40"></label>
<button>${words.orderNow}</button></form>
<p class="quiet">${words.bookmarkHelp} <a href="${bookmark}">${words.orderTitle}</a></p></section>`;
}

/** The orders that have not ended. */
export function openOrders(orders: readonly Order[], words: Words): Markup | null {
  if (orders.length === 0) return null;
  return html`<section><h2>${words.orders}</h2><ul>${orders.map(
    (order) =>
      html`<li>${words.orderState(order.number, order.kind, order.state === 'taken', order.done, order.total)}</li>`,
  )}</ul></section>`;
}
