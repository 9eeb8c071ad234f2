import { readFile, writeFile } from 'node:fs/promises';
import { configurationTable, environmentExample } from '../src/config/documentation.ts';
import { openApiDocument } from '../src/openapi.ts';
import { backEndsDocument } from './back-ends.ts';

/** Writes the documents that are made of the code; with `--check` says which are stale, and changes nothing. */

const CONFIGURATION_HEAD = `# Configuration

Made by \`npm run docs\` from \`src/config/variables.ts\`. MediaMesh is configured by environment variables alone; an empty one counts as not given.
Every fault is reported at once when the service starts, which then exits with code 3. \`npx mediamesh config check\` tries a configuration,
\`npx mediamesh config print\` shows the result.

`;

async function documents(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/configuration.md', CONFIGURATION_HEAD + configurationTable()],
    ['docs/back-ends.md', backEndsDocument()],
    ['.env.example', environmentExample()],
    ['docs/openapi.json', await openApiDocument('json')],
  ]);
}

async function staleOnes(wanted: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [path, text] of wanted) {
    const current = await readFile(path, 'utf8').catch(() => undefined);
    if (current !== text) stale.push(path);
  }
  return stale;
}

const wanted = await documents();
const stale = await staleOnes(wanted);
if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is stale: run npm run docs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const path of stale) await writeFile(path, wanted.get(path) ?? '');
  console.log(stale.length === 0 ? 'The documents are up to date.' : `Written: ${stale.join(', ')}`);
}
