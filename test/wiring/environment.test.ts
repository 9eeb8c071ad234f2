import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const READS_IT = {
  property: 'export const port = process.env.PORT;\n',
  element: "export const port = process['env']['PORT'];\n",
  global: 'export const port = globalThis.process.env.PORT;\n',
  whole: 'export const names = Object.keys(process.env);\n',
};
const LAYERS = ['src/domain', 'src/ports', 'src/adapters/postgres', 'src/http', 'src/cli'];
const REFUSED = [...LAYERS.map((layer) => `${layer}/planted.ts`), 'src/main.ts', 'src/container.ts'];
const ALLOWED = ['src/config.ts', 'src/config/planted.ts', 'test/planted.ts'];

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'mediamesh-environment-'));
  // Biome reads its overrides relative to the configuration file: the project's own is tried on a tree of its own.
  for (const file of ['biome.json', '.gitignore']) copyFileSync(file, join(root, file));
});

afterAll(() => rmSync(root, { recursive: true }));

describe('the environment is read by the configuration only', () => {
  it.each(Object.entries(READS_IT))('process.env as a %s', (_, source) => {
    for (const path of [...REFUSED, ...ALLOWED]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), source);
    }
    expect(filesRefused()).toEqual([...REFUSED].sort());
  });
});

/** Files in which Biome reports an error of `noProcessEnv`, by its machine-readable report of GitHub annotations. */
function filesRefused(): string[] {
  const biome = resolve('node_modules/.bin/biome');
  const options = ['lint', '--only=style/noProcessEnv', '--diagnostic-level=error', '--reporter=github', '.'];
  const report = outputOf(biome, options);
  const found = [...report.matchAll(/^::error title=lint\/style\/noProcessEnv,file=([^,]+),/gm)];
  return found.map((match) => relative(root, match[1] ?? '')).sort();
}

function outputOf(command: string, options: string[]): string {
  try {
    return execFileSync(command, options, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // Findings make it exit with 1; what it found is on its standard output all the same.
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string') return error.stdout;
    throw error;
  }
}
