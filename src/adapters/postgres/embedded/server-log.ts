import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, stat } from 'node:fs/promises';
import { giveToOwnerOfDirectory } from './password.ts';

const KEEP_BYTES = 8 * 1024 * 1024;
const SHOWN_BYTES = 4096;

/** A file, not a pipe: the server outlives a service that is killed, and would choke on a pipe that nobody reads. */
export interface ServerLog {
  readonly file: FileHandle;
  /** The end of what was written since it was opened. */
  tail(): Promise<string>;
}

/** Opens the log to append to; one that has grown past 8 MiB is first moved to `<path>.1`. */
export async function openServerLog(path: string): Promise<ServerLog> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size > KEEP_BYTES) await rename(path, `${path}.1`);
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  await giveToOwnerOfDirectory(file, path);
  const start = size > KEEP_BYTES ? 0 : size;
  return { file, tail: () => readTail(path, start) };
}

async function readTail(path: string, start: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    const from = Math.max(start, size - SHOWN_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SHOWN_BYTES), 0, SHOWN_BYTES, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}
