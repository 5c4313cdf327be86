/** Would anything in the body run where the document is shown? */
import type { DocumentCheck } from '../check.ts';

export const activeContent: DocumentCheck = ({ scan: { active } }) => active;
