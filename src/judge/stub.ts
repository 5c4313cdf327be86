/** Is the page a link-out stub? (site.md, 7.3) */
import { STUB } from '../extract/layouts/stub.ts';
import type { ParsedPage } from '../html/parsed-page.ts';

export interface Stub {
  /** Stubs alone print their time with the month first. */
  readonly hasStubTime: boolean;
  readonly evidence: string;
}

/** The stub on a page that has no article body; null where there is not even a headline. */
export function findStub({ $ }: ParsedPage): Stub | null {
  const column = $(STUB.column).first();
  const title = column.find(STUB.title).text().trim();
  if (title === '') return null;
  const time = column.find(STUB.time).first().text().trim();
  const hasStubTime = /^\d{1,2}\/\d{1,2}\/\d{4} /.test(time);
  return { hasStubTime, evidence: `headline without body${hasStubTime ? `, time in the stubs' form ${time}` : ''}` };
}
