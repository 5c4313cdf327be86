/** The address that a server listens on, as a configuration spells it: `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464`. */

export interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export const LISTEN_FORM = 'must be HOST:PORT such as 127.0.0.1:9464';

const FORM = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i;
const LAST_PORT = 65_535;

/** Null where the text is none. */
export function parseListenAddress(text: string): ListenAddress | null {
  const [, six, plain, digits] = FORM.exec(text) ?? [];
  const host = six ?? plain;
  const port = Number(digits);
  return host === undefined || port > LAST_PORT ? null : { host, port };
}

export function isListenAddress(text: string): boolean {
  return parseListenAddress(text) !== null;
}
