/** The version of the rules by which pages become articles, records and documents. */

/**
 * Stands with every document (`Basis.rules`), so that one that comes out otherwise today says by which rules it was made.
 * Raised by one with each change that makes any page come out otherwise; `tests/rules.test.ts` fails until it is, and says
 * what to do.
 */
export const RULES = 1;
