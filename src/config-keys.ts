/** What each key of the configuration means: for docs/configuration.md and for editors, by the JSON Schema. */

export interface KeyMeaning {
  readonly meaning: string;
  /** A page of docs/ that says more. */
  readonly more?: string;
}

/** By the path of the key. */
export const CONFIG_KEYS: Readonly<Record<string, KeyMeaning>> = {
  archive: {
    meaning: 'where the archive lies, relative to the file; in every path `~` and `$NAME` are read as a shell does',
  },
  'site.www': {
    meaning: 'origin of articles and lists; whatever is asked for must belong to one of the origins under `site`',
  },
  'site.community': { meaning: 'origin of community posts (风闻)' },
  'site.images': { meaning: 'origins of pictures' },
  'site.lists': { meaning: 'origins where lists alone may be asked for, and are only where a source lies there' },
  'capture.what': {
    meaning:
      'which exchanges with the site are kept: `pages` (all, of pictures the hash of their bytes), `all`, or `off`; `capture: off` says it in short',
    more: 'evidence.md#captures',
  },
  'capture.exact': { meaning: 'ask for bodies without compression, and keep them byte for byte as they were sent' },
  sources: {
    meaning:
      'lists that `crawl`, `schedule` and `backfill` read: `name` (third category of the documents), `url`, `pages`, `part` of the home page, and of an index of authors how many lists to `follow` each time; `cron` and `timeZone`; the file names many more',
    more: 'schedule.md#schedule---wait',
  },
  'schedule.timeZone': { meaning: 'of cron expressions' },
  'schedule.minIntervalMs': { meaning: 'how soon a source without `cron` is read again, at the soonest' },
  'schedule.maxIntervalMs': { meaning: 'the same at the latest' },
  'schedule.restMs': {
    meaning: 'after so long what failed or was refused by the site is asked for again; doubles, up to a week',
  },
  'document.categories': { meaning: 'first and second category of every document' },
  'document.author': {
    meaning: 'the author of every document: the site, never the writer; equal to the second category',
  },
  'document.date': { meaning: 'or `utc`', more: 'format.md#the-document' },
  'document.onDemand': { meaning: 'third category of what is on no list' },
  'politeness.intervalMs': {
    meaning: 'pause between two page requests to a host, counted from the answer; kept across restarts',
  },
  'politeness.assetIntervalMs': { meaning: 'the same between the starts of two picture downloads' },
  'politeness.concurrency': { meaning: 'articles in hand at once' },
  'politeness.robots': { meaning: 'obey robots.txt and its crawl-delay' },
  'politeness.backoffMs': {
    meaning:
      'first pause of a host after a refusal or a server error, and of a URL that failed; doubles up to an hour; `Retry-After` goes before it',
  },
  'politeness.longestPauseMs': {
    meaning: 'no host is left alone for longer, whatever `Retry-After`, crawl-delay or robots.txt ask for',
  },
  'politeness.attempts': { meaning: 'visits to a URL in one run' },
  'politeness.blockedPauseMs': { meaning: "the crawl's pause when the site refuses five articles in a row; doubles" },
  'politeness.blockedPauses': { meaning: 'so many of them before the crawl ends' },
  'revisits.agesMs': {
    meaning: 'ages of articles at which they are visited again; [] for never',
    more: 'schedule.md#revisits',
  },
  'fallback.wayback': {
    meaning: '`true`: what the site has no more is looked up in the Wayback Machine',
    more: 'schedule.md#the-wayback-machine',
  },
  'fallback.origin': { meaning: 'where that is' },
  'checks.render': {
    meaning:
      'which pages are laid out as a reader sees them: `never`, `new` (those with a flag of doubt), or `{ every: N }` (those, and every article whose number N divides)',
    more: 'codes.md#the-readers-eye',
  },
  'browser.executablePath': {
    meaning:
      "a Chromium or Chrome; null: Playwright's own, the system's, the bundled one, or Chrome or Edge as installed",
  },
  'browser.userAgent': { meaning: "null: the browser's own with this program's name and home page appended" },
  'browser.timeoutMs': { meaning: 'for one request' },
  'network.allowAddresses': {
    meaning:
      'addresses and blocks such as `127.0.0.0/8` that may be connected to although they are no addresses of the internet',
  },
  'network.proxy': {
    meaning:
      "`http://`, `https://` or `socks5://` `USER:PASSWORD@HOST:PORT`: the proxy of browser and downloads alike, which resolves the site's names. null: what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment name (in small letters first; never for this machine itself). `direct`: none",
  },
  'network.certificates': {
    meaning:
      "PEM files of authorities that are trusted besides the known ones, for a network that signs with one of its own; `NODE_EXTRA_CA_CERTS` is read as well. The site's certificate is then checked by Node.js in the place of the browser",
  },
  notify: { meaning: 'hooks that are notified of what happens', more: 'schedule.md#notices' },
  'seal.when': {
    meaning:
      'when seals are made: `daily` once a day (UTC) at the end of `crawl` and within `schedule`; `run` at the end of every `crawl` as well; `off` only by the command',
  },
  'seal.key': {
    meaning:
      'file of the private key, outside the archive; null: `guancha-archive/seal.key` in `$XDG_DATA_HOME` or `~/.local/share`',
  },
  'seal.timestamp': { meaning: 'address of an authority for time stamps (RFC 3161)' },
  'seal.witnesses': { meaning: 'verifier keys of witnesses whose cosignatures are checked' },
  'cluster.storage': {
    meaning:
      'where the files of the archive lie, if not in `archive`: a shared folder, or an object store `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`; `archive` is then the folder of this machine for databases, lock and what is on its way. `--archive DIR` goes before it',
    more: 'evidence.md#copy-from-to',
  },
  'cluster.redis': {
    meaning:
      'where the queue for `worker` lies, such as `redis://:password@host:6379/0`, one database of Redis for each archive; without a password in it, that of REDIS_PASSWORD is taken, or of the file that REDIS_PASSWORD_FILE names. Nothing is lost with it',
    more: 'machines.md#worker',
  },
  'cluster.postgres': {
    meaning:
      'the database that several machines share, such as `postgres://user:password@host/database`; without a password in it, that of PGPASSWORD is taken, or of the file that PGPASSWORD_FILE names. null: queue and journal lie in `frontier.sqlite`',
    more: 'machines.md#cluster-init--status--import--export',
  },
  'monitor.listen': { meaning: '`HOST:PORT` such as `127.0.0.1:9464` for `GET /healthz` and `GET /metrics`' },
  'monitor.file': { meaning: 'the health as a JSON file, relative to the configuration, outside the archive' },
  'monitor.staleMs': { meaning: 'without progress for so long the health is `failing`' },
  'serve.host': { meaning: 'address that `serve` listens on' },
  'serve.port': { meaning: 'its port; 0 is any that is free' },
  'serve.password': {
    meaning:
      'what a reader must know, or its hash (`serve --hash-password`); null: that of GUANCHA_ARCHIVE_PASSWORD, or of the file that GUANCHA_ARCHIVE_PASSWORD_FILE names; without one only this machine is served',
  },
  'serve.names': {
    meaning: 'host names by which it is reached, beside `localhost` and plain addresses; no other is answered',
  },
  'limits.pageBytes': { meaning: 'the largest page, decoded' },
  'limits.imageBytes': { meaning: 'the largest picture' },
  'limits.imagesPerArticle': { meaning: 'further pictures of an article are recorded as missing' },
  'limits.visitMs': {
    meaning:
      'for how long the pictures of one visit may take in all, and once more its pages, without waits for their turn; pictures that are left come by a later visit',
  },
  'limits.visitBytes': { meaning: 'the bytes of the same; of the pages at most four times `limits.pageBytes`' },
  'limits.visitRequests': { meaning: 'the requests of the same; redirects and further attempts count' },
  'limits.minFreeBytes': {
    meaning: "with less room on the archive's disk a run ends before its next article, with exit code 8",
  },
  'limits.quarantineItems': { meaning: 'how many pages quarantine keeps; the oldest go first' },
  'limits.quarantineBytes': { meaning: 'how many bytes quarantine keeps; the oldest go first' },
};
