/** Preloaded where the program is to live at another time: its clock is off by `GUANCHA_TEST_SHIFT_MS`, and goes on. */
const SHIFT_MS = Number(process.env.GUANCHA_TEST_SHIFT_MS ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args: readonly unknown[]) {
    super(...((args.length === 0 ? [RealDate.now() + SHIFT_MS] : args) as [number]));
  }

  static override now(): number {
    return RealDate.now() + SHIFT_MS;
  }
} as DateConstructor;
