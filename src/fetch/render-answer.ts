/** A page that came already, shown as its own scripts make it. */
import type { Page as Tab } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Answer, RenderSource } from './answer.ts';

/**
 * Shows an answer in a tab and gives what is there once its scripts are quiet, as HTML. Scripts and data of allowed
 * addresses are loaded, and no other document.
 * @throws TIMEOUT; what the tab throws where it goes away
 */
export async function renderAnswer(
  tab: Tab,
  { url, headers, body }: RenderSource,
  options: { readonly timeoutMs: number; readonly allows: (url: string) => boolean; readonly now: () => number },
): Promise<Answer> {
  let isGiven = false;
  await tab.route('**/*', (route) => {
    const request = route.request();
    if (!isGiven && request.url() === url) {
      isGiven = true;
      return route.fulfill({
        status: 200,
        contentType: headers['content-type'] ?? 'text/html',
        body: Buffer.from(body),
      });
    }
    const wanted = ['script', 'xhr', 'fetch'].includes(request.resourceType());
    return wanted && options.allows(request.url()) ? route.continue() : route.abort('blockedbyclient');
  });
  try {
    await tab.goto(url, { waitUntil: 'load', timeout: options.timeoutMs });
    const at = new Date(options.now()).toISOString();
    // Quiet is not promised by any page; what is there after a while is what it shows.
    await tab.waitForLoadState('networkidle', { timeout: options.timeoutMs / 4 }).catch(() => {});
    return {
      url,
      status: 200,
      headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
      body: Buffer.from(await tab.content()),
      cut: null,
      at,
    };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new ArchiveError('TIMEOUT', `${url}: the scripts did not come to an end`, { cause: error });
    throw error;
  } finally {
    await tab.unrouteAll({ behavior: 'ignoreErrors' });
    await tab.goto('about:blank').catch(() => {}); // a tab that cannot even do this is found out by its next request
  }
}
