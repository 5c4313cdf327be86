/** Serves link-out stubs: the frame of an article with headline and time, but no body (site.md, 7.3). */
export const STUB = { column: 'li.left-main', title: '> h3', time: '> div.time > span' } as const;
