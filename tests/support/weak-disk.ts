/** A disk that lacks what most have, as shares of SMB, FUSE mounts and folders of a virtual machine's host do. */
import { promises as fsp } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface Lacks {
  /** What the sync of a folder answers. */
  readonly syncFolder?: string;
  /** What the opening of a folder answers. */
  readonly openFolder?: string;
  /** What the sync of a file answers. */
  readonly syncFile?: string;
  /** What a hard link answers. */
  readonly link?: string;
}

/** Patches `node:fs` for this process until disposed. */
export function installWeakDisk(lacks: Lacks): Disposable {
  const original = { ...fsp };
  const refuse = (code: string, name: string, path: string): never => {
    throw Object.assign(new Error(`${code}: refused, ${name} '${path}'`), { code, syscall: name, path });
  };
  const isFolder = async (path: string) => (await original.stat(path).catch(() => null))?.isDirectory() === true;
  Object.assign(fsp, {
    open: async (path: string, flags?: string | number, mode?: number) => {
      const [onOpen, onSync] = (await isFolder(path))
        ? [lacks.openFolder, lacks.syncFolder]
        : [undefined, lacks.syncFile];
      if (onOpen !== undefined) refuse(onOpen, 'open', path);
      const handle = await original.open(path, flags, mode);
      if (onSync !== undefined) handle.sync = async () => refuse(onSync, 'fsync', path);
      return handle;
    },
    link: async (from: string, to: string) =>
      lacks.link === undefined ? original.link(from, to) : refuse(lacks.link, 'link', to),
  });
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]: () => {
      Object.assign(fsp, original);
      syncBuiltinESMExports();
    },
  };
}
