import { chmod, lchown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDirectory } from './data-directory.ts';
import { unreachable } from './data-directory.ts';
import type { FileIds } from './reachability.ts';
import { blockerOf } from './reachability.ts';

/**
 * Makes the data directory passable for the account, and the cluster its own: PostgreSQL refuses files of another
 * owner. Who runs it may change between two starts (root or not, below a private directory or not). Only root can give
 * files away; for a normal user `chooseRunAs` has made sure that there is nothing to give.
 */
export async function settleOwnership(
  directory: DataDirectory,
  ids: FileIds,
  cluster: boolean,
): Promise<void> {
  try {
    const isRoot = process.getuid?.() === 0;
    if (isRoot && (await blockerOf(directory.root, ids))) await lchown(directory.root, ids.uid, ids.gid);
    if (!cluster) return;
    if (isRoot) await giveAway(directory.cluster, ids);
    // A copy made without modes: PostgreSQL refuses a directory that others may enter.
    if (((await stat(directory.cluster)).mode & 0o777) !== 0o700) await chmod(directory.cluster, 0o700);
  } catch (error) {
    throw unreachable(directory.root, error);
  }
}

/** Gives a tree to its new owner, its top last: a tree half given away when we were killed is done again. */
export async function giveAway(tree: string, ids: FileIds): Promise<void> {
  if ((await stat(tree)).uid === ids.uid) return;
  // With file types, links are listed and not followed: one may lead anywhere.
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), ids.uid, ids.gid);
  }
  await lchown(tree, ids.uid, ids.gid);
}
