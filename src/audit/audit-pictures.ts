/** The files of pictures: each streamed once, for its hash and for its structure. */
import { join } from 'node:path';
import type { ShardContext } from './audit-month.ts';
import { pictureFault, readPicture } from './checks/assets/picture.ts';
import { finding } from './finding.ts';
import { listFolder, strays } from './folder.ts';
import { withFile } from './read-file.ts';

/** A folder below `assets/`, named by the first two characters of its pictures' hashes. */
export function auditAssets(folder: string, context: ShardContext): void {
  const key = `assets/${folder}`;
  const { files, folders, findings } = listFolder(context.root, key);
  for (const found of findings) {
    context.tell(found);
    const name = found.path.slice(key.length + 1);
    if (NAME.test(name)) noteTold(name, found.path, context);
  }
  for (const found of strays(key, folders, 'not a picture')) context.tell(found);
  const isPicture = (name: string) => NAME.test(name) && name.startsWith(folder);
  for (const found of strays(
    key,
    files.filter((name) => !isPicture(name)),
    'not the name of a picture',
  ))
    context.tell(found);
  auditPictures(
    files.filter(isPicture).map((name) => `${key}/${name}`),
    context,
  );
}

const NAME = /^[0-9a-f]{64}\.[a-z0-9]{1,8}$/;

/** Pictures by key. What is wrong with one is told once it is known whose it is. */
export function auditPictures(keys: readonly string[], context: ShardContext): void {
  const { root, scratch, wanted, tell, count } = context;
  for (const key of keys) {
    const [sha256 = '', type = ''] = key.slice(key.lastIndexOf('/') + 1).split('.');
    const picture = withFile(join(root, key), (descriptor, { size }) => ({
      kind: 'picture' as const,
      size,
      read: readPicture(descriptor, size),
    }));
    if (picture.kind === 'absent') continue;
    if (picture.kind === 'fault') {
      if (wanted(picture.code)) tell(finding(picture.code, { path: key, article: null }, picture.detail));
      noteTold(`${sha256}.${type}`, key, { scratch });
      continue;
    }
    count({ assets: 1, bytes: picture.size });
    const { width, height } = picture.read.facts ?? { width: null, height: null };
    const fault = pictureFault(picture.read, { sha256, type }, wanted);
    scratch.picture({
      sha256,
      path: key,
      bytes: picture.size,
      type,
      width,
      height,
      code: fault?.[0] ?? null,
      detail: fault?.[1] ?? null,
    });
  }
}

/** A picture that is there and cannot be read is not called gone as well. */
function noteTold(name: string, path: string, { scratch }: Pick<ShardContext, 'scratch'>): void {
  const [sha256 = '', type = ''] = name.split('.');
  scratch.picture({ sha256, path, bytes: 0, type, width: null, height: null, code: 'told', detail: null });
}
