import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The rows of `movies.json` of the package vega-datasets (3,201 films; BSD-3-Clause), as they are. */
export async function readDemoMovies(): Promise<unknown> {
  // The package exports its loader only, which would fetch the file from a CDN: the data lies beside it.
  const loader = createRequire(import.meta.url).resolve('vega-datasets');
  return JSON.parse(await readFile(join(loader, '..', '..', 'data', 'movies.json'), 'utf8'));
}
