import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identifyProcess } from '../../../../src/adapters/postgres/embedded/process-identity.ts';
import {
  acquireServiceLock,
  publishServiceUrl,
  readServiceLock,
} from '../../../../src/adapters/postgres/embedded/service-lock.ts';
import { cleanUp, names, sandbox } from './support/sandbox.ts';

cleanUp();

const ended = { pid: 2 ** 30, processStart: null, startedAt: '2026-01-01T00:00:00.000Z' };

async function sandboxWithLock(content: string): Promise<string> {
  const dataDir = await sandbox();
  await writeFile(join(dataDir, 'service.lock'), content);
  return dataDir;
}

test('a free directory has no holder; a taken one names it until it is released', async () => {
  const dataDir = await sandbox();
  expect(await readServiceLock(dataDir)).toBeUndefined();
  const lock = await acquireServiceLock(dataDir);
  expect(await readServiceLock(dataDir)).toEqual({
    ...identifyProcess(process.pid),
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    alive: true,
  });
  await lock.release();
  await lock.release();
  expect(await readServiceLock(dataDir)).toBeUndefined();
  expect(await names(dataDir, /./)).toEqual([]);
});

test('a second service is told who holds the directory and where it answers', async () => {
  const dataDir = await sandbox();
  const lock = await acquireServiceLock(dataDir);
  await publishServiceUrl(dataDir, 'http://127.0.0.1:3000');
  expect((await readServiceLock(dataDir))?.url).toBe('http://127.0.0.1:3000');
  const second = acquireServiceLock(dataDir);
  await expect(second).rejects.toMatchObject({ name: 'EmbeddedPostgresError', code: 'data-dir-in-use' });
  await expect(second).rejects.toThrow(dataDir);
  await expect(second).rejects.toThrow(`process ${process.pid}`);
  await expect(second).rejects.toThrow('http://127.0.0.1:3000');
  await lock.release();
});

test('an address is published only by the holder', async () => {
  const dataDir = await sandboxWithLock(JSON.stringify(ended));
  await expect(publishServiceUrl(dataDir, 'http://127.0.0.1:1')).rejects.toThrow('does not hold');
  await expect(publishServiceUrl(await sandbox(), 'http://127.0.0.1:1')).rejects.toThrow('does not hold');
});

test.each([
  ['of a process that ended', JSON.stringify(ended)],
  ['cut short by a power failure', ''],
  ['with content of another kind', '{"pid":"one"}'],
])('a lock %s does not count', async (_, content) => {
  const dataDir = await sandboxWithLock(content);
  const before = await readServiceLock(dataDir);
  expect(before?.alive ?? false).toBe(false);
  const lock = await acquireServiceLock(dataDir);
  expect((await readServiceLock(dataDir))?.pid).toBe(process.pid);
  await lock.release();
});

test('a lock whose pid was given to another process does not count, where start times tell', async () => {
  const reused = { ...ended, pid: process.pid, processStart: 'an-earlier-boot/1' };
  const dataDir = await sandboxWithLock(JSON.stringify(reused));
  const attempt = acquireServiceLock(dataDir);
  if (process.platform === 'linux') await (await attempt).release();
  else await expect(attempt).rejects.toMatchObject({ code: 'data-dir-in-use' });
});

test('of many that find a stale lock, one wins', async () => {
  for (let round = 0; round < 25; round += 1) {
    const dataDir = await sandboxWithLock(JSON.stringify({ ...ended, startedAt: `round ${round}` }));
    const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => acquireServiceLock(dataDir)));
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const { value } of winners) await value.release();
    expect(await names(dataDir, /./)).toEqual([]);
  }
});

test('a service killed while it was taking over a stale lock blocks nobody', async () => {
  const dataDir = await sandboxWithLock(JSON.stringify(ended));
  // The claim is named after the content of the lock that it lets its holder replace.
  const content = await readFile(join(dataDir, 'service.lock'), 'utf8');
  const token = createHash('sha256').update(content).digest('hex').slice(0, 12);
  await writeFile(join(dataDir, `service.lock.${token}`), JSON.stringify({ ...ended, startedAt: 'later' }));
  const lock = await acquireServiceLock(dataDir);
  expect((await readServiceLock(dataDir))?.alive).toBe(true);
  await lock.release();
  expect(await names(dataDir, /./)).toEqual([]);
});
