/** The page of the runs: what is going on, what waits, which hosts are left alone, what failed. */
import type { ClusterState } from '../cluster/state.ts';
import type { Hand } from '../journal/hands.ts';
import { inBytes } from '../report/archive-state.ts';
import { onSiteClock } from '../site/clock.ts';
import { dayAndMinute } from './article-page.ts';
import { html, type Markup } from './markup.ts';
import { openOrders } from './order-form.ts';
import type { RunState } from './run.ts';
import { number, type Words } from './words.ts';

/** @param part what `runPart` gave; the script puts a newer one in its place, and leaves the form alone */
export function runContent(part: Markup, form: Markup, words: Words): Markup {
  return html`<h1>${words.state}</h1>
<p class="quiet" id="live" data-live="${words.live}">${words.notLive}</p>
<div id="run" data-events="/run/events">${part}</div>
${form}`;
}

/** In place of what cannot be read: a database that is away, for one. */
export function runFault(message: string, words: Words): Markup {
  return html`<p class="notice">${words.runUnread}: ${message}</p>`;
}

export function runPart(state: RunState, words: Words): Markup {
  const { outcomes, revisits, pauses, failures, alarms, holder } = state;
  const claims = state.cluster?.claims ?? [];
  const order = Object.keys(words.outcomes);
  const sorted = outcomes.toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const figures = sorted.map(
    ([outcome, count]) =>
      html`<div><dt>${words.outcomes[outcome] ?? outcome}</dt><dd>${number(count, words)}</dd></div>\n`,
  );
  return html`<p class="lead">${lastRun(state, words)}${holder === null ? null : html` <span class="quiet">${holder}</span>`}</p>
${archivePart(state.archive, words)}
<dl class="figures">
${figures}</dl>
<p>${words.revisitsPlanned(revisits.planned, revisits.due)}</p>
${alarms.length === 0 ? null : html`<section><h2>${words.alarms}</h2><ul>${alarms.map((each) => html`<li class="notice">${each}</li>`)}</ul></section>`}
${clusterPart(state.cluster, words)}
<section><h2>${words.hosts}</h2>
${claims.length === 0 ? null : html`<ul>${claims.map(({ host, hand }) => html`<li>${words.askedBy(host, hand)}</li>`)}</ul>`}
${pauses.length === 0 ? html`<p>${words.noPauses}</p>` : html`<ul>${pauses.map(({ host, until, reason }) => html`<li>${words.pausedUntil(host, beijing(until))}: ${reason}</li>`)}</ul>`}</section>
${openOrders(state.orders, words)}
${bySource(state, words)}
${latencies(state, words)}
<section><h2>${words.failures}</h2>
${
  failures.length === 0
    ? html`<p>${words.noFailures}</p>`
    : html`<div class="wide" tabindex="0" role="group" aria-label="${words.failures}"><table><thead><tr><th scope="col">${words.when}</th><th scope="col">${words.outcome}</th><th scope="col">${words.address}</th><th scope="col">${words.reason}</th></tr></thead><tbody>
${failures.map(
  ({ at, outcome, code, url, detail }) =>
    html`<tr><td>${beijing(at)}</td><td>${words.outcomes[outcome] ?? outcome} <code>${code ?? ''}</code></td><td>${url}</td><td>${detail ?? ''}</td></tr>\n`,
)}</tbody></table></div>`
}</section>`;
}

/** What the archive holds, and what was last done with it; the same figures as those of `status`. */
function archivePart({ holdings, stateBytes, seals, lastAudit, slots }: RunState['archive'], words: Words): Markup {
  const figure = (value: number) => number(value, words);
  const size = (label: string, bytes: number | null) =>
    bytes === null ? null : html`<div><dt>${label}</dt><dd>${inBytes(bytes)}</dd></div>\n`;
  const held =
    holdings === null
      ? html`<p class="notice">${words.notCounted}</p>`
      : html`<p>${words.holds(figure(holdings.articles), figure(holdings.posts), figure(holdings.versions), figure(holdings.pictures), figure(holdings.pictureFiles))}${
          holdings.firstDay === null
            ? null
            : html` ${words.heldFrom(holdings.firstDay, holdings.lastDay ?? '', figure(holdings.today))}`
        }</p>
${holdings.behind === null || holdings.behind === 0 ? null : html`<p class="notice">${words.behind(figure(holdings.behind))}</p>`}
<dl class="figures">
${size(words.documents, holdings.documentBytes)}${size(words.pictureBytes, holdings.pictureBytes)}${size(words.captureBytes, holdings.captureBytes)}${size(words.databases, stateBytes)}</dl>`;
  const done = [
    ...(lastAudit === null
      ? []
      : [words.auditedAt(beijing(lastAudit.at), figure(lastAudit.errors), figure(lastAudit.warnings))]),
    ...(seals.sealedAt === null ? [] : [words.lastSealedAt(beijing(seals.sealedAt))]),
    ...(seals.result === null
      ? []
      : [words.sealResult(beijing(seals.result.at), figure(seals.result.files), figure(seals.result.findings))]),
  ];
  return html`${held}
<ul>${done.map((each) => html`<li>${each}</li>`)}${seals.failure === null ? null : html`<li class="notice">${words.sealFailed}: ${seals.failure.detail}</li>`}</ul>
${slots.length === 0 ? null : html`<details><summary>${words.slots}</summary><ul>${slots.map(({ source, dueAt }) => html`<li><bdi>${source}</bdi> ${beijing(dueAt)}</li>`)}</ul></details>`}`;
}

/** Who works for a cluster, and what is on its way to whom. */
function clusterPart(cluster: ClusterState | null, words: Words): Markup | null {
  if (cluster === null) return null;
  const { hands, leases, queue } = cluster;
  const lengths =
    queue === null
      ? null
      : queue === 'away'
        ? html`<p class="notice">${words.queueAway}</p>`
        : html`<p>${words.queueLengths(number(queue.waiting, words), number(queue.inHand, words))}</p>`;
  return html`<section><h2>${words.cluster}</h2>
<p>${words.leases(number(leases.held, words))}${leases.ranOut === 0 ? null : html` <b>${words.leasesRanOut(number(leases.ranOut, words))}</b>`}</p>
${lengths}
${
  hands.length === 0
    ? html`<p class="notice">${words.noHands}</p>`
    : html`<div class="wide" tabindex="0" role="group" aria-label="${words.cluster}"><table><thead><tr><th scope="col">${words.hand}</th><th scope="col">${words.handState}</th><th scope="col">${words.inHand}</th></tr></thead><tbody>
${hands.map((hand) => handRow(hand, words))}</tbody></table></div>`
}</section>`;
}

function handRow({ name, command, since, seenAt, inHand, leads, isSilent }: Hand, words: Words): Markup {
  const state = isSilent
    ? html`<b class="warning">${words.silentSince(beijing(seenAt))}</b>`
    : leads
      ? html`<b>${words.leads}</b>`
      : html`${words.works}`;
  const ids = inHand.map((id) => html`<li>${id}</li>`);
  return html`<tr><td><bdi>${name}</bdi><br><small class="quiet">${words.commandSince(command, beijing(since))}</small></td><td>${state}</td><td>${ids.length === 0 ? null : html`<ul>${ids}</ul>`}</td></tr>\n`;
}

function lastRun({ lastRun: run, holder }: RunState, words: Words): Markup {
  if (run === null) return html`${words.noRun}`;
  const end =
    run.endedAt !== null ? `${words.ended} ${beijing(run.endedAt)}` : holder === null ? words.cutOff : words.running;
  return html`${words.lastRun}: <b>${run.command}</b>, ${beijing(run.startedAt)}, ${end}`;
}

function bySource({ sources }: RunState, words: Words): Markup | null {
  if (sources.length === 0) return null;
  return html`<section><h2>${words.queue}</h2><div class="wide" tabindex="0" role="group" aria-label="${words.queue}"><table><thead><tr><th scope="col">${words.list}</th><th scope="col">${words.outcome}</th><th scope="col" class="count">${words.count}</th></tr></thead><tbody>
${sources.map(
  ({ source, outcome, count }) =>
    html`<tr><td><bdi>${source ?? words.onDemand}</bdi></td><td>${words.outcomes[outcome] ?? outcome}</td><td class="count">${number(count, words)}</td></tr>\n`,
)}</tbody></table></div></section>`;
}

function latencies({ latencies: all }: RunState, words: Words): Markup | null {
  if (all.length === 0) return null;
  return html`<section><h2>${words.latency}</h2><ul>${all.map(
    ({ source, articles, medianMs, p95Ms }) =>
      html`<li><bdi>${source}</bdi>: ${words.latencyOf(minutes(medianMs), minutes(p95Ms), number(articles, words))}</li>`,
  )}</ul></section>`;
}

function minutes(timeMs: number): string {
  return String(Math.round(timeMs / 60_000));
}

function beijing(at: string): string {
  return Number.isNaN(Date.parse(at)) ? at : dayAndMinute(onSiteClock(at));
}
