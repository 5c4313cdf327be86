/** What came back for one page request. */

/** One answer; redirects are answers like any other. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes after content decoding; empty for a redirect. */
  readonly body: Uint8Array;
  /** Why the body is known to be cut short; null if it came to its end. */
  readonly cut: string | null;
  /** When the answer began, ISO 8601 in UTC. */
  readonly at: string;
}

/** The answer to be shown: its address, headers and decoded bytes. */
export type RenderSource = Pick<Answer, 'url' | 'headers' | 'body'>;
