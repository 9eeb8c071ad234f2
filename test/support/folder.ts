import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}

/** An empty directory that only we can enter. */
export async function aFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'mediamesh-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A directory for a test file: there from its first test to its last. */
export function useFolder() {
  let folder: Folder | undefined;
  beforeAll(async () => {
    folder = await aFolder();
  });
  afterAll(async () => folder?.remove());
  const pathOf = (name: string) => join(folder?.path ?? '', name);
  return {
    pathOf,
    /** Writes a file and answers its path. */
    async fileOf(content: string | Uint8Array, name = 'programs.ndjson'): Promise<string> {
      await writeFile(pathOf(name), content);
      return pathOf(name);
    },
  };
}
