/** What secured a connection, as Node.js and as Chromium know it, in the names of IANA and of WARC. */
import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Tls } from '../model.ts';

/** A socket forgets it all once it is closed. */
const known = new WeakMap<Socket, Tls>();

/**
 * @param socket null where an answer has let go of it
 * @returns undefined for a socket without TLS, or one that was closed before it was asked for the first time
 */
export function tlsOfSocket(socket: Socket | null): Tls | undefined {
  if (socket === null) return undefined;
  const tls = known.get(socket) ?? ('getProtocol' in socket ? readTls(socket as TLSSocket) : undefined);
  if (tls !== undefined) known.set(socket, tls);
  return tls;
}

function readTls(socket: TLSSocket): Tls | undefined {
  const version = socket.getProtocol();
  if (version === null) return undefined;
  // Where none was shown, it has no properties.
  const certificate = socket.getPeerCertificate() as Partial<PeerCertificate>;
  return {
    version: versionOf(version),
    cipher: socket.getCipher().standardName ?? null,
    certificate: certificate.fingerprint256 === undefined ? null : certificateOf(certificate as PeerCertificate),
  };
}

/** What of `Network.SecurityDetails` (Chrome DevTools Protocol) is used. */
export interface SecurityDetails {
  /** `TLS 1.3`, `QUIC`. */
  readonly protocol: string;
  /** `ECDHE_RSA`; empty where the protocol leaves it open. */
  readonly keyExchange: string;
  /** `AES_128_GCM`. */
  readonly cipher: string;
  /** Of a cipher that does not authenticate by itself: `HMAC-SHA1`. */
  readonly mac?: string;
  readonly subjectName: string;
  readonly issuer: string;
  /** Seconds since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** The browser does not say which certificate it was: its hash is not known. */
export function tlsOfBrowser(details: SecurityDetails): Tls {
  const { protocol, subjectName, issuer, validFrom, validTo } = details;
  return {
    version: versionOf(protocol),
    cipher: cipherOf(details),
    certificate: {
      subject: subjectName,
      issuer,
      validFrom: new Date(validFrom * 1000).toISOString(),
      validTo: new Date(validTo * 1000).toISOString(),
      sha256: null,
    },
  };
}

/** `TLSv1.3` of Node.js and `TLS 1.3` of Chromium as `tls/1.3` (WARC-Protocol, iipc/warc-specifications#42). */
function versionOf(text: string): string {
  const [, family = text, version = ''] = /^([A-Za-z]+?)[v ]?([\d.]*)$/.exec(text) ?? [];
  return version === ''
    ? family.toLowerCase()
    : `${family.toLowerCase()}/${/\./.test(version) ? version : `${version}.0`}`;
}

function certificateOf({ subject, issuer, valid_from, valid_to, fingerprint256 }: PeerCertificate): Tls['certificate'] {
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    validFrom: instantOf(valid_from),
    validTo: instantOf(valid_to),
    sha256: fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** `C=CN, O=Name, CN=host`, in the certificate's order. */
function nameOf(name: PeerCertificate['subject'] | undefined): string {
  return Object.entries(name ?? {})
    .flatMap(([field, value]) => [value].flat().map((each) => `${field}=${each}`))
    .join(', ');
}

/** Of `Nov 27 06:35:22 2026 GMT`; empty for what is no instant. */
function instantOf(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}

/** The hash that belongs to a cipher with authentication of its own (RFC 8446, B.4; RFC 5289; RFC 7905). */
const HASHES: Readonly<Record<string, string>> = {
  AES_128_GCM: 'SHA256',
  AES_256_GCM: 'SHA384',
  CHACHA20_POLY1305: 'SHA256',
};

/** The name of IANA's registry, which Chromium gives in parts; null where these do not make one. */
function cipherOf({ protocol, keyExchange, cipher, mac }: SecurityDetails): string | null {
  const hash = HASHES[cipher] ?? mac?.replace(/^HMAC-SHA1$/, 'SHA').replace(/^HMAC-/, '');
  if (hash === undefined || hash === '') return null;
  if (/^(?:TLS 1\.3|QUIC)$/.test(protocol)) return `TLS_${cipher}_${hash}`;
  return keyExchange === '' ? null : `TLS_${keyExchange}_WITH_${cipher}_${hash}`;
}
