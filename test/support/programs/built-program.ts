import { join } from 'node:path';
import { askRun } from '../engines/ask.ts';
import type { ServerProgram } from '../server-process.ts';
import type { ProgramName } from './build-programs.ts';

/** A program for `startServer`, built once for all of the run. What `npm start` and the command line do is tested on the source. */
export async function builtProgram(name: ProgramName): Promise<Required<Omit<ServerProgram, 'folder'>>> {
  const { path } = await askRun<{ readonly path: string }>('programs');
  return { program: join(path, `${name}.mjs`), compileCache: join(path, 'compiled') };
}
