/** The values that flow down the line, one way: lists → frontier → fetch → judge → extract → plan → pictures → archive. */
import type { Flag } from './flags.ts';

/**
 * An article's identity: its number in one of the site's two number spaces, `guancha:623950` (www) or
 * `fengwen:399176` (community posts). Slug, title and date are aliases (site.md, 1.1 and 1.3).
 */
export type ArticleId = `guancha:${number}` | `fengwen:${number}`;

/** Each is of one host. */
export const NUMBER_SPACES = ['guancha', 'fengwen'] as const;
export type NumberSpace = (typeof NUMBER_SPACES)[number];

/** An article's address, whatever spelling it came in. */
export interface ArticleAddress {
  readonly id: ArticleId;
  /** Canonical URL: https form of the configured origin, no suffix, no query, no fragment. */
  readonly url: string;
  /** The day in the URL, `2022-01-28`; null for community posts, whose URLs carry none. */
  readonly date: string | null;
}

/** The picture that a list shows beside an entry; attributes as printed. */
export interface ListPicture {
  /** Absolute URL, as in the list. */
  readonly src: string;
  /** The attribute as printed, such as `970px`; null if absent. */
  readonly width: string | null;
  readonly height: string | null;
}

/** One article as a list shows it. */
export interface ListEntry {
  readonly address: ArticleAddress;
  /** The link as the list writes it, absolute. */
  readonly href: string;
  readonly title: string;
  /** The time as printed, such as `2026-09-27 22:09`; null if the list prints none. */
  readonly time: string | null;
  readonly summary: string | null;
  readonly picture: ListPicture | null;
  /** True if the list is a headline list: its picture then heads the article's body. */
  readonly headline: boolean;
}

/** What a list prints of an article; null for what it does not print. */
export interface Listed {
  readonly title: string | null;
  /** As printed. */
  readonly time: string | null;
  readonly summary: string | null;
  /** Address of its picture, absolute. */
  readonly picture: string | null;
}

/** An article to be visited. */
export interface Target {
  readonly id: ArticleId;
  readonly url: string;
  /** The configured source that named it; null for one given on the command line. Third category of the document. */
  readonly source: string | null;
  /** URL of the list or article that led here; null for one given on the command line. */
  readonly via: string | null;
  /** Picture of a headline list, to head the body; null elsewhere. */
  readonly leadPicture: ListPicture | null;
  /** What the list prints of it, to be compared with its page; null for one given on the command line. */
  readonly listed: Listed | null;
  /** Larger is sooner: minutes since 1970 of the listed or URL date (newest first). */
  readonly priority: number;
}

/** A target in hand; `token` proves it to the frontier. */
export interface Lease {
  readonly target: Target;
  /** 1 for the first visit. */
  readonly attempt: number;
  readonly token: string;
}

/** A header as it was sent. A list of them keeps order, case and duplicates. */
export type Header = readonly [name: string, value: string];

/** One request and its answer. A redirect is an exchange of its own. */
export interface Exchange {
  readonly url: string;
  /** The instant the answer began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** `IP:PORT` that was connected to, an IPv6 address in brackets; null if it is not known. */
  readonly address: string | null;
  /** As status lines spell it: `HTTP/1.1`, `HTTP/2`; null if it is not known. */
  readonly protocol: string | null;
  /** Absent of a plain connection, and where it is not known. */
  readonly tls?: Tls | undefined;
  /** The names and values that were sent; the browser gives them sorted by name. */
  readonly request: { readonly method: string; readonly headers: readonly Header[] };
  readonly response: {
    readonly status: number;
    /** Empty where the protocol has none. */
    readonly statusText: string;
    /** As they came; over HTTP/2 as the browser gives them. */
    readonly headers: readonly Header[];
    /** Bytes after content decoding; empty for a redirect. */
    readonly body: Uint8Array;
  };
  /** Why the body is known to be cut short in transit; null if it came to its end. */
  readonly cut: string | null;
  /**
   * How it ended where that was the failure of its request, in the words of WARC 1.1, 5.13. Such an exchange is kept, and
   * nothing is ever made of it. Absent of an answer, which may be cut.
   */
  readonly brokenOff?: 'disconnect' | 'length' | 'time' | 'unspecified' | undefined;
  /** `rendered` is what a page's own scripts made of the exchange before it; `replay` was kept and not asked for now. */
  readonly road: 'browser' | 'rendered' | 'replay';
  /** Where the archive keeps it; absent where it does not. */
  readonly capture?: CapturePlace | undefined;
}

/** What a connection was secured by. */
export interface Tls {
  /** `tls/1.3`. */
  readonly version: string;
  /** Its name at IANA: `TLS_AES_256_GCM_SHA384`; null if it is not known. */
  readonly cipher: string | null;
  /** The server's; null if it is not known. */
  readonly certificate: {
    readonly subject: string;
    readonly issuer: string;
    /** ISO 8601 in UTC. */
    readonly validFrom: string;
    readonly validTo: string;
    /** Of its bytes (DER), lower-case hex; null where a browser connected, which does not say it. */
    readonly sha256: string | null;
  } | null;
}

/** The gzip members of one exchange, one behind the other in a file of captures. */
export interface CapturePlace {
  /** Its key: `captures/2026/11/20261127T031003123Z.warc.gz`, which has `.open` behind it while it is written to. */
  readonly file: string;
  /** In bytes. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  /** Of these members as they lie there, in lower-case hex; absent in records that did not name it yet. */
  readonly sha256?: string | undefined;
  /** Where the body lies, if an earlier exchange had the same: that one's place. */
  readonly body?: Omit<CapturePlace, 'body'> | undefined;
}

/** One answer on the way to a page. */
export interface Redirect {
  readonly url: string;
  readonly status: number;
  readonly location: string;
}

/** What the site answered to one page request. All but `url` follows from the exchanges: `pageOf` in fetch/exchange.ts. */
export interface Page {
  /** What was asked for. */
  readonly url: string;
  /** Redirects first; the last one holds. */
  readonly exchanges: readonly Exchange[];
  /** Where redirects ended, whether it was asked for or not. */
  readonly finalUrl: string;
  readonly redirects: readonly Redirect[];
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes after content decoding. */
  readonly body: Uint8Array;
  /** Why the body is known to be cut short in transit; null if it came to its end. */
  readonly cut: string | null;
  /** The instant the answer began, ISO 8601 in UTC. */
  readonly fetchedAt: string;
  /** `browser`, or `browser with scripts` where the page was rendered. */
  readonly fetchedBy: 'browser' | 'browser with scripts';
}

/** What a page turned out to be, with what it was judged by. */
export type Verdict = { readonly evidence: readonly string[] } & (
  | { readonly kind: 'article' }
  /** `notice` is what the page says in the article's place, where nothing but its words shows that it is gone. */
  | { readonly kind: 'gone'; readonly notice?: string }
  | { readonly kind: 'moved'; readonly to: ArticleAddress }
  | { readonly kind: 'link-out'; readonly to: string | null }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'server-error' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'not-an-article'; readonly needsScripts: boolean }
);

/** A writer with what the page says of him or her. */
export interface Person {
  readonly name: string;
  readonly title: string | null;
  /** Absolute URL of the person's column; null if the page links none. */
  readonly url: string | null;
}

/** One role of a byline such as `【文/周波，译/中国论坛 韩桦】`. */
export interface Credit {
  /** As printed: 文, 译, 采访, 整理, 编译, 图 …, or several joined as printed (`采访、整理`). */
  readonly role: string;
  readonly names: readonly string[];
  readonly affiliation: string | null;
}

export interface Byline {
  /** The whole bracket as printed, white space collapsed. */
  readonly text: string;
  readonly credits: readonly Credit[];
}

/** A picture that the body shows, in order of appearance. */
export interface BodyImage {
  /** Absolute URL as in the page. */
  readonly src: string;
  readonly caption: string | null;
}

/** What a body shows by other means than text and pictures; it stays a link. */
export interface BodyMedia {
  /** `cover` is a picture that stands for a video: it is among the pictures as well. */
  readonly kind: 'iframe' | 'video' | 'audio' | 'embed' | 'cover';
  /** Absolute URL as in the page. */
  readonly src: string;
  /** How long it plays, as printed (`00:24:02`); null if the page does not say. */
  readonly length: string | null;
}

/** How exact `publishedAt` is: printed to the second or minute, taken from the URL's day, or worked out from `2小时前`. */
export type TimePrecision = 'second' | 'minute' | 'day' | 'approximate';

/** An article as the page gives it; pure result of `extract`. */
export interface Article {
  readonly id: ArticleId;
  readonly url: string;
  readonly title: string;
  /** 原标题, if the page names one. */
  readonly originalTitle: string | null;
  /** Times as printed, Beijing wall clock; null if absent. */
  readonly clock: { readonly published: string | null; readonly updated: string | null };
  /** ISO 8601 with the site's offset, such as `2022-01-28T10:30:43+08:00`. */
  readonly publishedAt: string;
  readonly precision: TimePrecision;
  readonly updatedAt: string | null;
  /** 来源. */
  readonly source: string | null;
  /** Columnists (`ul.author`), or the author of a community post. */
  readonly columnists: readonly Person[];
  /** Staff writers (`ul.editor`). */
  readonly staff: readonly Person[];
  readonly byline: Byline | null;
  /** 责任编辑: never the author. */
  readonly editors: readonly string[];
  readonly keywords: readonly string[];
  readonly summary: string | null;
  readonly topic: { readonly name: string; readonly url: string } | null;
  /** The picture of the page's share settings, absolute; for opinion pieces the author's head. */
  readonly sharePicture: string | null;
  /** HTML of the body: the site's own markup minus named noise, all parts joined. */
  readonly body: string;
  readonly images: readonly BodyImage[];
  readonly media: readonly BodyMedia[];
  /** Name of the layout that read it. */
  readonly layout: string;
  /** How many parts were joined; 1 for the single-page form. */
  readonly pages: number;
  /** What a person should look at; empty for an ordinary page. */
  readonly flags: readonly Flag[];
}

/** What became of a picture. */
export type Asset = StoredAsset | { readonly src: string; readonly missing: string };

export interface StoredAsset {
  readonly src: string;
  /** The address that gave the bytes: the original where it could be had; of a `data:` address what stands before its bytes. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** File ending by content: `jpg`, `png`, `webp`, `gif`, `svg` … */
  readonly type: string;
  /** In pixels; 0 where a drawing does not say it. */
  readonly width: number;
  readonly height: number;
  /** SHA-256 of earlier bytes that were lost or incomplete, where others came for the same picture. */
  readonly replaces?: string;
  /** What is imperfect about the site's own bytes; they are kept as they are. */
  readonly flaw?: Flaw;
}

/**
 * `cut`, `damaged`: incomplete or wrong by its format, and the same twice. `trailing`: bytes behind its end.
 */
export interface Flaw {
  readonly kind: 'cut' | 'damaged' | 'trailing';
  readonly detail: string;
}

/** Where a visit ended. Every target gets exactly one per visit. */
export type Outcome =
  | { readonly kind: 'archived' | 'unchanged'; readonly key: string }
  | { readonly kind: 'gone'; readonly detail: string }
  | { readonly kind: 'moved'; readonly to: ArticleAddress }
  | { readonly kind: 'link-out'; readonly to: string | null }
  | { readonly kind: 'blocked'; readonly code: string; readonly detail: string }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string };
