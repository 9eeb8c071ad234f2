/** `npm run bench` lists the questions that bench/ answers; `npm run bench -- NAME [ARGUMENTS]` answers one of them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../bench');
const questions = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => basename(file, '.ts'))
  : [];

const [name, ...options] = process.argv.slice(2);
if (name !== undefined && questions.includes(name)) {
  const run = spawnSync(process.execPath, [join(folder, `${name}.ts`), ...options], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
} else {
  if (name !== undefined) console.error(`There is no benchmark "${name}".`);
  console.error(`Usage: npm run bench -- NAME\nBenchmarks: ${questions.join(', ') || 'none yet'}`);
  process.exitCode = 2;
}
