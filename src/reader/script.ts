/** The one script of the pages: the live page of the runs, and a key for the search. Every page works without it. */
import { hash } from 'node:crypto';

export const SCRIPT = `
const run = document.getElementById('run');
if (run !== null) {
  const live = document.getElementById('live');
  const still = live.textContent;
  const events = new EventSource(run.dataset.events);
  events.addEventListener('message', ({ data }) => {
    const { body } = new DOMParser().parseFromString(data, 'text/html');
    run.replaceChildren(...body.childNodes);
    live.textContent = live.dataset.live;
  });
  events.addEventListener('error', () => { live.textContent = still; });
  addEventListener('pagehide', () => events.close());
}
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest('input, select, textarea, [contenteditable]')) return;
  const search = document.querySelector('input[type=search]');
  if (search === null) return;
  event.preventDefault();
  search.focus();
});
`;

export const SCRIPT_HREF = `/static/${hash('sha256', SCRIPT).slice(0, 16)}.js`;
