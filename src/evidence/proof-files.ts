/** What every proof folder holds besides the evidence: the script that checks it, and a page for people. */

/**
 * Checks a proof folder with a POSIX shell, GNU coreutils and openssl 3 alone. Where one of them is missing (a bare Debian has no
 * openssl) or another program has its name (BusyBox, LibreSSL), it refuses nothing and says what it needs. The sums are checked twice and in two ways, so that
 * no single change of the script itself can go unnoticed by both. A picture or a capture needs no proof of its own: its hash
 * stands in the record, which has one.
 */
export const CHECK_SCRIPT = `#!/bin/sh
# sh check.sh - checks this folder offline with GNU coreutils and openssl 3
cd "$(dirname "$0")" && LC_ALL=C && export LC_ALL && T=$(mktemp -d) || exit 9
trap 'rm -r "$T"' EXIT
no() { echo "REFUSED / 核验不通过: $1"; exit 9; }
unable() { echo "NOT CHECKED / 未能核验: install $1 / 请安装 $1"; exit 8; }
echo >"$T/one"; sha256sum "$T/one" 2>"$T/out" | sha256sum --check --strict --status 2>"$T/out" || unable "GNU coreutils"
[ "$(echo AQ== | base64 -d 2>"$T/out" | base64 2>"$T/out")" = AQ== ] || unable "GNU coreutils"
case "$(openssl pkeyutl -help 2>&1)" in *-rawin*) ;; *) unable "openssl 3" ;; esac
hash() { openssl dgst -sha256 -binary | base64; }
node() { { printf '\\001'; echo "$1" | base64 -d; echo "$2" | base64 -d; } | hash; }
sums() { while IFS= read -r l; do sha256sum "\${l#*  }"; done; }
[ "$(sums <SHA256SUMS | sha256sum)" = "$(sha256sum <SHA256SUMS)" ] || no "a file is not as SHA256SUMS says"
{ read -r origin; read -r size; read -r root; read -r empty; read -r dash name sig; } <checkpoint
head -n 3 checkpoint >"$T/text"; echo "$sig" | base64 -d >"$T/line"; tail -c 64 "$T/line" >"$T/sig"
id=$({ printf '%s\\n\\001' "$name"; openssl pkey -pubin -in key.pem -outform DER | tail -c 32; } | hash | base64 -d | head -c 4 | base64)
[ "$name $id" = "$origin $(head -c 4 "$T/line" | base64)" ] || no "the checkpoint is not signed by key.pem"
openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in "$T/text" -sigfile "$T/sig" >"$T/out" 2>&1 || no "signature of the checkpoint"
leaf() { # the line of a file leads to the root (RFC 9162, 2.1.3.2)
  h=$(printf '\\000%s\\n' "$1" | hash); last=$((size - 1)); p=\${1#*  }
  { read -r head; read -r word at; while read -r s && [ "$s" ]; do
    if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then h=$(node "$s" "$h")
      while [ $((at % 2)) = 0 ] && [ "$at" != 0 ]; do at=$((at / 2)) last=$((last / 2)); done
    else h=$(node "$h" "$s"); fi; at=$((at / 2)) last=$((last / 2))
  done; } <"\${p%%/*}.tlog-proof"
  [ "$last $h" = "0 $root" ] || no "$p is not in the log"; n=$n\${p%%/*}
}
n=; record=
while IFS= read -r l; do case "\${l#*  }" in
  records/*) leaf "$l"; record=$(cat "\${l#*  }") ;;
  articles/*) leaf "$l" ;; esac
  case "\${l#*  }" in articles/*|assets/*|capture-*) case "$record" in *"\\"sha256\\": \\"\${l%%  *}\\""*) ;;
    *) no "\${l#*  } is not of this record" ;; esac ;; esac
done <SHA256SUMS
[ "$n" = recordsarticles ] || no "record or document is missing"
if [ -f checkpoint.tsr ]; then
  openssl ts -reply -in checkpoint.tsr -token_out 2>"$T/out" | openssl pkcs7 -inform DER -print_certs >"$T/tsa.pem" 2>"$T/out"
  openssl ts -verify -in checkpoint.tsr -data checkpoint -CAfile "$T/tsa.pem" -partial_chain -no_check_time >"$T/out" 2>&1 || no "time stamp"
fi
sha256sum --check --strict --status SHA256SUMS && echo "OK / 核验通过: $origin, $size" || exit 7
`;

export interface ProofPage {
  readonly title: string;
  readonly url: string;
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly capturedAt: string;
  readonly origin: string;
  readonly size: number;
  /** Of the key, in hex. */
  readonly fingerprint: string;
  /** What a time stamp says; null where there is none. */
  readonly stampedAt: string | null;
  /** How many places of the capture are there, and of how many the record does not name the hash. */
  readonly captures: { readonly all: number; readonly unproved: number };
  /** Pictures that the record names and the archive lacks. */
  readonly missing: number;
}

/** One page without anything that is loaded, in Chinese and English. */
export function proofPage(proof: ProofPage): string {
  const { capturedAt, origin, size, fingerprint, stampedAt, captures, missing } = proof;
  const [title, url, id] = [proof.title, proof.url, proof.id].map(escaped);
  const zhTime =
    stampedAt === null ? '无第三方时间戳，时间只凭密钥持有者自称' : `第三方时间戳：最迟 ${stampedAt} 已存在`;
  const enTime =
    stampedAt === null
      ? 'There is no time stamp of an authority: the time is the key holder’s word'
      : `An authority’s time stamp: it existed by ${stampedAt}`;
  const zhCapture =
    captures.all === 0
      ? '本文无抓取原件（WARC）'
      : `capture-*.warc.gz：网站当时的应答，其 SHA-256 见记录${captures.unproved === 0 ? '' : '；unproved-capture-*：记录未载其 SHA-256，不在证明之内'}`;
  const enCapture =
    captures.all === 0
      ? 'The archive has no capture (WARC) of it'
      : `capture-*.warc.gz: what the site answered; its SHA-256 stands in the record${captures.unproved === 0 ? '' : '; unproved-capture-*: the record does not name its SHA-256, and nothing is proved of it'}`;
  const [zhMissing, enMissing] =
    missing === 0 ? ['', ''] : [`；缺图 ${missing} 张`, `; ${missing} pictures are missing`];
  return `<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>body{max-width:40em;margin:auto;padding:1em;overflow-wrap:anywhere}</style>
<h1>${title}</h1><p>${id} <a href="${url}">${url}</a><br>${capturedAt}
<p>日志 log: ${origin}, ${size}<br>公钥 key: SHA-256 ${fingerprint}
<h2>证明什么</h2><p>核验：<code>sh check.sh</code>（离线）。文档、记录、图片自封存以来一字未改，并由该公钥的持有者签入只增不减的日志。${zhTime}。${zhCapture}${zhMissing}。
<p>不能证明：网站确曾如此发布（TLS 无此效力）；密钥属于谁（请向其本人核对公钥）；机器时钟准确；文档提取无误（请与抓取原件对照）；时间戳机构是否可信。
<div lang="en"><h2>What is proved</h2><p>Run <code>sh check.sh</code> (offline). Document, record and pictures are unchanged since they were sealed, and the holder of this key signed them into a log that only grows. ${enTime}. ${enCapture}${enMissing}.
<p>Not proved: that the site really published this (TLS cannot show it); whose key it is (compare it with the owner’s); that the machine’s clock was right; that the document was extracted rightly (compare it with the capture); whether to trust the authority of a time stamp.</div>
`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
