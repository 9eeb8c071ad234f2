import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import {
  identifyProcess,
  isPostgresIn,
  isRunning,
} from '../../../../src/adapters/postgres/embedded/process-identity.ts';

const isLinux = process.platform === 'linux';

test('this process runs, and is no PostgreSQL', () => {
  expect(isRunning(identifyProcess(process.pid))).toBe(true);
  expect(isPostgresIn(process.pid, process.cwd())).toBe(false);
});

test('a process that ended does not run', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const identity = identifyProcess(child.pid ?? 0);
  expect(isRunning(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(identity)).toBe(false);
});

test('a process that was given the pid of an earlier one is another process, where the system shows start times', () => {
  const earlier = { pid: process.pid, processStart: 'an-earlier-boot/1' };
  expect(isRunning(earlier)).toBe(!isLinux);
  expect(identifyProcess(process.pid).processStart === null).toBe(!isLinux);
});

test('a number that is no pid is no running process', () => {
  for (const pid of [0, -1, Number.NaN, 1.5, 2 ** 53]) {
    expect(isRunning({ pid, processStart: null })).toBe(false);
  }
});

test('a zombie does not run', async () => {
  // The shell starts a child, then becomes a program that never collects it.
  const parent = spawn('/bin/sh', ['-c', '/bin/sleep 0.1 & echo $!; exec /bin/sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const identity = identifyProcess(Number(line.toString()));
  await expect.poll(() => isRunning(identity), { timeout: 5000 }).toBe(!isLinux);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});
