import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Terminal } from '../terminal.ts';

/** Where an export goes. */
export interface Output {
  /** For messages. */
  readonly name: string;
  readonly stream: Writable;
  /** Puts a complete file in its place. */
  commit(): Promise<void>;
  /** Removes what is not complete. */
  discard(): Promise<void>;
}

/**
 * Opens `path`, or stdout for `-`. A file appears under its name when it is complete and not before: until then it is
 * written beside it, so that a broken export is never taken for a whole one and an older file stays until then.
 */
export async function openOutput(path: string, { stdout }: Terminal): Promise<Output> {
  const nothing = async (): Promise<void> => undefined;
  if (path === '-') return { name: 'standard output', stream: stdout, commit: nothing, discard: nothing };
  const isSpecial = await stat(path).then(
    (stats) => !stats.isFile(),
    () => false,
  );
  if (isSpecial) return { name: path, stream: createWriteStream(path), commit: nothing, discard: nothing };
  const partial = `${path}.${process.pid}.part`;
  return {
    name: path,
    stream: createWriteStream(partial),
    commit: () => rename(partial, path),
    discard: () => rm(partial, { force: true }),
  };
}
