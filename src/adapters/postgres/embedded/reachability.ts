import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The ids that the system's file permissions are checked against. */
export interface FileIds {
  readonly uid: number;
  readonly gid: number;
}

/** A directory on the way, and whose it is. */
export interface Blocker extends FileIds {
  readonly path: string;
  readonly mode: number;
}

const READ = 4;
const ENTER = 1;

/**
 * The first directory from `/` down to `directory` that these ids may not enter, by mode bits alone: no privilege of
 * root counts, and neither do access control lists (where those matter, the server's own error tells).
 */
export async function blockerOf(directory: string, ids: FileIds): Promise<Blocker | undefined> {
  for (const path of chain(directory)) {
    const stats = await stat(path);
    if (!allows(stats, ids, ENTER)) {
      return { path, mode: stats.mode & 0o777, uid: stats.uid, gid: stats.gid };
    }
  }
  return undefined;
}

/** Whether these ids may read `path` and enter (a directory) or run (a file) it, and get there at all. */
export async function mayUse(path: string, ids: FileIds): Promise<boolean> {
  if (await blockerOf(dirname(path), ids)) return false;
  return allows(await stat(path), ids, READ | ENTER);
}

function allows(stats: Stats, ids: FileIds, wanted: number): boolean {
  return (granted(stats, ids) & wanted) === wanted;
}

function granted(stats: Stats, ids: FileIds): number {
  if (stats.uid === ids.uid) return (stats.mode >> 6) & 7;
  if (stats.gid === ids.gid) return (stats.mode >> 3) & 7;
  return stats.mode & 7;
}

function chain(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [...chain(parent), directory];
}
