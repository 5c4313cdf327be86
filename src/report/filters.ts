/** Filters of the findings on the page. Without scripts they are not there, and all findings are. */
import { CHECKS } from '../audit/checks-table.ts';
import { html, type Markup } from '../page/markup.ts';
import type { Group } from './groups.ts';
import { monthOf } from './months.ts';

/** The form, hidden until the script shows it. */
export function filterForm(groups: readonly Group[]): Markup {
  const levels = (['error', 'warning', 'note'] as const).filter((level) =>
    groups.some(({ code }) => CHECKS[code].severity === level),
  );
  const shown = groups.flatMap(({ shown }) => shown);
  const months = [...new Set(shown.map(({ found }) => monthOf(found)))]
    .filter((month) => month !== '')
    .sort()
    .reverse();
  const option = (value: string) => html`<option>${value}</option>`;
  return html`<form id="filters" class="filters" role="search" aria-label="Findings" hidden>
<label class="text"><span>Text</span><input type="search" name="text" placeholder="path, detail or id" autocomplete="off" spellcheck="false"></label>
<label><span>Check</span><select name="check"><option value="">all</option>${groups.map(({ code }) => option(code))}</select></label>
${months.length === 0 ? null : html`<label><span>Month</span><select name="month"><option value="">all</option>${months.map(option)}<option value="none">none</option></select></label>\n`}<div class="levels" role="group" aria-label="Level">${levels.map((level) => html`<label class="${level}"><input type="checkbox" name="level" value="${level}" checked> ${level}</label>`)}</div>
<p class="quiet"><output name="told" aria-live="polite">${shown.length.toLocaleString('en')} findings</output> <button type="reset">Show all</button></p>
</form>
`;
}

export const FILTER_SCRIPT = `
'use strict';
const form = document.getElementById('filters');
const sections = [...document.querySelectorAll('section.check')].map((section) => ({
  section,
  items: [...section.querySelectorAll('li')].map((item) => ({ item, text: item.textContent.toLowerCase() })),
}));
const total = sections.reduce((sum, { items }) => sum + items.length, 0);
const filter = () => {
  const data = new FormData(form);
  const words = data.get('text').toLowerCase().split(/\\s+/).filter(Boolean);
  const levels = data.getAll('level');
  const check = data.get('check');
  const month = data.get('month') ?? '';
  let count = 0;
  for (const { section, items } of sections) {
    const { check: code, severity } = section.dataset;
    const isAsked = levels.includes(severity) && (check === '' || check === code);
    let inSection = 0;
    for (const { item, text } of items) {
      const isShown = isAsked
        && (month === '' || (month === 'none' ? '' : month) === item.dataset.month)
        && words.every((word) => text.includes(word));
      item.hidden = !isShown;
      if (isShown) inSection += 1;
    }
    section.hidden = inSection === 0;
    count += inSection;
  }
  const all = total.toLocaleString('en') + (total === 1 ? ' finding' : ' findings');
  form.elements.told.value = count === total ? all : count.toLocaleString('en') + ' of ' + all;
};
form.hidden = false;
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => setTimeout(filter));
window.addEventListener('hashchange', () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target !== null && target.hidden) {
    form.reset();
    setTimeout(() => target.scrollIntoView());
  }
});
filter();
`;
