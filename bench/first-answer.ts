import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print, printFigure, printHeader, printMethod } from './support/report.ts';

/** How long a newcomer waits: from `git clone` to the first answer with a film in it, and from the second `npm start` on. */

const FIRST_GOAL_S = 60;
const SECOND_GOAL_S = 3;

// The environment of a newcomer: a PATH without this checkout's binaries, and nothing of ours.
const environment = {
  PATH: (process.env.PATH ?? '')
    .split(':')
    .filter((part) => !part.includes('node_modules'))
    .join(':'),
  HOME: process.env.HOME,
  PORT: '0',
};

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, [...args], { cwd, env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}`);
}

/** Runs `npm start` until it answers a search with a film; answers when that was. */
async function startAndAsk(cwd: string): Promise<number> {
  const child = spawn('npm', ['start'], { cwd, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`npm start ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /ready at (\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const { items } = (await (await fetch(`${url}/v1/search?q=heat`)).json()) as { items: unknown[] };
  const answered = performance.now();
  if (items.length === 0) throw new Error('the demo catalogue has no film for "heat"');
  child.kill('SIGINT');
  await new Promise((resolve) => child.once('close', resolve));
  return answered;
}

printHeader('first answer');
printMethod(
  'git clone of this checkout into an empty directory, npm ci, npm start, then a search that must find a film; npm may use its download cache',
  'the second start is in the same directory, from the command to the same answer',
);
const directory = await mkdtemp(join(tmpdir(), 'mediamesh-first-answer-'));
try {
  const checkout = join(directory, 'mediamesh');
  const begun = performance.now();
  await run('git', ['clone', '--quiet', process.cwd(), checkout], directory);
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], checkout);
  const installed = performance.now();
  const first = await startAndAsk(checkout);
  const again = performance.now();
  const second = await startAndAsk(checkout);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const goal = (ms: number, limit: number) => ({ text: `within ${limit} s`, met: ms <= limit * 1000 });
  print('');
  printFigure('clone and install', seconds(installed - begun));
  printFigure('first answer, from the clone on', seconds(first - begun), goal(first - begun, FIRST_GOAL_S));
  printFigure(
    'first answer of the second start',
    seconds(second - again),
    goal(second - again, SECOND_GOAL_S),
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}
