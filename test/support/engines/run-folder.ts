import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './guard.ts';

export interface RunFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A folder for a server of this run. Whatever ends the run, what runs in it is stopped and it is removed. */
export async function openRunFolder(): Promise<RunFolder> {
  const path = await mkdtemp(join(tmpdir(), 'mediamesh-engine-'));
  guardFolder(path);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
