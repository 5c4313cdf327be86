/** `notify test`: one sample notice of each kind to every hook that wants it, right now, and what each answered. */
import { type Config, NOTICE_KINDS } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { createHook } from '../notify/hook.ts';
import { sampleNotices } from '../notify/notice.ts';
import { reportNow } from '../notify/notifier.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import type { Interrupts } from './session.ts';

/**
 * Returns `incomplete` if a hook did not take its notice, and where none is configured that wants one.
 * @param on kinds to be tried; empty for all
 * @throws USAGE for a kind that is none
 */
export async function notifyTest(
  on: readonly string[],
  {
    config,
    terminal,
    interrupts,
  }: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const wrong = on.find((kind) => !(NOTICE_KINDS as readonly string[]).includes(kind));
  if (wrong !== undefined)
    throw new ArchiveError(
      'USAGE',
      `notify test: ${wrong} is not a kind of notice; there are ${NOTICE_KINDS.join(', ')}`,
    );
  const at = Date.now();
  const notices = sampleNotices(at).filter((notice) => on.length === 0 || on.includes(notice.on));
  const hooks = config.notify.map((hook) => createHook(hook));
  let tried = 0;
  let allWell = true;
  for await (const sent of reportNow(hooks, notices, { at, isTest: true, signal: interrupts.stopSignal })) {
    const { ok, detail, delivery, hook } = sent;
    tried += 1;
    allWell &&= ok;
    const mark = ok ? style('green', '✓') : style('red', '✗');
    terminal.result(line`${mark} ${sent.on.padEnd(10)}  ${hook.name}  ${detail}`, {
      type: 'notice',
      hook: hook.name,
      on: sent.on,
      delivery,
      ok,
      detail,
    });
  }
  if (tried === 0) terminal.say('no hook under `notify` in the configuration wants such a notice: nothing was sent');
  return allWell && tried > 0 ? EXIT.ok : EXIT.incomplete;
}
