/** Damage to what lies in the folders. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { shows } from '../plant.ts';
import { type Damage, damage } from './damage.ts';

export const FILES: readonly Damage[] = [
  damage('link-in-archive', 'a document gives way to a link out of the archive', (archive) => {
    const { document } = archive.spot();
    archive.remove(document);
    symlinkSync('/etc/hostname', archive.path(document));
    return document;
  }),
  damage('link-in-archive', 'a picture gives way to a link', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.remove(key);
    symlinkSync('/dev/zero', archive.path(key));
    return key;
  }),
  damage('link-in-archive', 'a folder of links lies at the top', (archive) => {
    symlinkSync('/', archive.path('elsewhere'));
    return 'elsewhere';
  }),
  damage('linked-file', 'a document, a version, a record and a picture give way to links to their bytes', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const version = archive.recordOf(spot).versions[0]?.document ?? '';
    return [...new Set([spot.document, version, spot.record, archive.picture(spot)])].map((key) => {
      mkdirSync(archive.path('.git/annex'), { recursive: true });
      const object = `.git/annex/${key.replaceAll('/', '%')}`;
      archive.write(object, archive.bytes(key));
      archive.remove(key);
      symlinkSync(`${'../'.repeat(key.split('/').length - 1)}${object}`, archive.path(key));
      return key;
    });
  }),
  damage('special-file', 'a FIFO lies where a document was', (archive) => {
    const { document } = archive.spot();
    archive.remove(document);
    execFileSync('mkfifo', [archive.path(document)]);
    return document;
  }),
  damage('special-file', 'a FIFO lies among the pictures', (archive) => {
    execFileSync('mkfifo', [archive.path('assets/pipe')]);
    return 'assets/pipe';
  }),
  damage('file-too-large', 'a document of two gigabytes', (archive) => {
    const { document } = archive.spot();
    truncateSync(archive.path(document), 2_000_000_000);
    return document;
  }),
  damage('file-too-large', 'a record of two gigabytes', (archive) => {
    const spot = archive.spot();
    truncateSync(archive.path(spot.record), 2_000_000_000);
    return spot.record;
  }),
  damage('stray-file', 'a note among the documents', (archive) => {
    const key = archive.spot().document.replace(/[^/]*$/, 'notes.txt');
    archive.write(key, 'to do\n');
    return key;
  }),
  damage('stray-file', 'a folder lies where a document was', (archive) => {
    const { document } = archive.spot();
    archive.remove(document);
    mkdirSync(archive.path(document));
    return document;
  }),
  damage('stray-file', 'a file among the years', (archive) => {
    archive.write('records/index.json', '{}');
    return 'records/index.json';
  }),
  damage('stray-file', 'a picture copied into another folder', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    const wrong = key.replace(/^assets\/../, key.startsWith('assets/00') ? 'assets/01' : 'assets/00');
    archive.write(wrong, archive.bytes(key));
    return wrong;
  }),
  damage('stray-file', 'what another system left beside a page in quarantine', (archive) => {
    const keys = ['._20261124T000000000Z_a.gz', '20261124T000000000Z_a (1).json', '.DS_Store'];
    return keys.map((name) => {
      archive.write(`quarantine/${name}`, 'x');
      return `quarantine/${name}`;
    });
  }),
  damage('stray-file', 'what another system left beside a version', (archive) => {
    const folder = archive
      .spot()
      .document.replace(/^articles/, 'versions')
      .replace(/\.html$/, '');
    return ['._1.html', '1 (1).html', '.DS_Store', '1.html~'].map((name) => {
      archive.write(`${folder}/${name}`, 'x');
      return `${folder}/${name}`;
    });
  }),
  damage('stray-file', 'a name with a line break', (archive) => {
    const key = archive.spot().document.replace(/\.html$/, '\n.html');
    archive.write(key, 'x');
    return key;
  }),
  damage('stray-file', 'a name of 255 bytes', (archive) => {
    const key = archive.spot().document.replace(/[^/]*$/, `${'名'.repeat(83)}.jpeg`.padStart(255 - 166, 'x'));
    archive.write(key, 'x');
    return key;
  }),
  damage('temporary-file', 'a document that was never renamed', (archive) => {
    const { document } = archive.spot();
    const key = document.replace(/([^/]*)$/, '.$1.0123456789ab.tmp');
    archive.write(key, archive.read(document).slice(0, 500));
    return key;
  }),
  damage('temporary-file', 'a download that never ended', (archive) => {
    archive.write('assets/.download.0123456789ab.tmp', 'GIF89a');
    return 'assets/.download.0123456789ab.tmp';
  }),
  damage('quarantine-half', 'a page in quarantine without its description', (archive) => {
    archive.write('quarantine/20261124T000000000Z_half.gz', 'x');
    return 'quarantine/20261124T000000000Z_half.gz';
  }),
  damage('quarantine-half', 'a description without its page', (archive) => {
    archive.write('quarantine/20261124T000000000Z_other.json', '{}');
    return 'quarantine/20261124T000000000Z_other.json';
  }),
  damage('quarantine-damaged', 'a page in quarantine with other bytes', (archive) => {
    archive.write('quarantine/20261124T000000000Z_odd.json', '{"sha256":"00"}');
    archive.write('quarantine/20261124T000000000Z_odd.gz', 'not gzip');
    return 'quarantine/20261124T000000000Z_odd.gz';
  }),
];
