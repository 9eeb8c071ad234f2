import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import type { RunFolder } from '../engines/run-folder.ts';
import { openRunFolder } from '../engines/run-folder.ts';

/** Programs that tests start again and again, by the names that {@link BuiltPrograms} have. */
const SOURCES = {
  service: 'src/main.ts',
  cli: 'src/cli/main.ts',
  relay: 'test/support/journeys/relay-program.ts',
  limits: 'test/support/journeys/limits-program.ts',
} as const;

export type ProgramName = keyof typeof SOURCES;

/** Where the built programs are; `remove` takes them away. */
export interface BuiltPrograms extends RunFolder {}

/** It reads the files of its page beside itself. */
const LEFT_OUT = ['@fastify/swagger-ui'];

/**
 * Each program and all it imports as a few files in place of some 1,850. To find, read and link so many modules is half of what a
 * start of the service takes: 0.45 s of processor time in place of 0.95 s, and the journeys start a hundred.
 */
export async function buildPrograms(): Promise<BuiltPrograms> {
  const folder = await openRunFolder();
  try {
    await symlink(resolve('node_modules'), join(folder.path, 'node_modules'));
    const build = await rolldown({ input: SOURCES, platform: 'node', external: LEFT_OUT, logLevel: 'warn' });
    await build.write({
      dir: folder.path,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    });
    await build.close();
    return folder;
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
