import { once } from 'node:events';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { findFreePort } from '../../../../src/adapters/postgres/embedded/free-port.ts';
import { cleanUp, query, sandbox, start } from './support/sandbox.ts';

vi.mock('../../../../src/adapters/postgres/embedded/free-port.ts', { spy: true });
cleanUp();

const thieves: Server[] = [];
afterEach(() => {
  for (const thief of thieves.splice(0)) thief.close();
});

async function takenPort(): Promise<number> {
  const thief = createServer().listen(0, '127.0.0.1');
  thieves.push(thief);
  await once(thief, 'listening');
  const address = thief.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

test('a port that another program took first is given up for another one', async () => {
  const taken = await takenPort();
  vi.mocked(findFreePort).mockResolvedValueOnce(taken).mockResolvedValueOnce(taken);
  const postgres = await start({ dataDir: join(await sandbox(), 'data') });
  expect(findFreePort).toHaveBeenCalledTimes(3);
  expect(new URL(postgres.url).port).not.toBe(String(taken));
  expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
