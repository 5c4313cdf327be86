/** Preloaded where archives are compared byte by byte: every capture is at the same instant, `GUANCHA_TEST_NOW` if given. */
const NOW = Date.parse(process.env.GUANCHA_TEST_NOW ?? '2026-11-23T04:00:00.000Z');

globalThis.Date = class extends Date {
  constructor(...args: readonly unknown[]) {
    super(...((args.length === 0 ? [NOW] : args) as [number]));
  }

  static override now(): number {
    return NOW;
  }
} as DateConstructor;
