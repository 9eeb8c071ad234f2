import { spawn } from 'node:child_process';
import { rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { identifyProcess, isRunning } from '../../../../src/adapters/postgres/embedded/process-identity.ts';
import { readServiceLock } from '../../../../src/adapters/postgres/embedded/service-lock.ts';
import { aQuietPort } from '../../../support/quiet-port.ts';
import {
  aUsedDataDir,
  cleanUp,
  eventually,
  names,
  query,
  sandbox,
  serverPid,
  start,
} from './support/sandbox.ts';
import { spawnService } from './support/service.ts';

cleanUp();

/** A service that wrote three rows and was killed with a fourth uncommitted. */
async function killedService(dataDir: string): Promise<{ url: string; pid: number }> {
  const service = spawnService({ dataDir });
  const { url = '' } = await service.greeting;
  await query(url, 'CREATE TABLE films AS SELECT generate_series(1, 3) AS id');
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO films VALUES (4)');
  await service.killHard();
  await client.end();
  return { url, pid: await serverPid(dataDir) };
}

const count = (url: string) => query(url, 'SELECT count(*)::int AS films FROM films');

describe('after kill -9 of the service', () => {
  test('its server is gone on with', async () => {
    const dataDir = await aUsedDataDir();
    const killed = await killedService(dataDir);
    expect((await readServiceLock(dataDir))?.alive).toBe(false);
    const next = await start({ dataDir });
    expect(next).toMatchObject({ adopted: true, url: killed.url });
    expect(await count(next.url)).toEqual([{ films: 3 }]);
    await next.stop();
    expect(isRunning(identifyProcess(killed.pid))).toBe(false);
    const last = await start({ dataDir });
    expect(last.adopted).toBe(false);
    expect(await count(last.url)).toEqual([{ films: 3 }]);
  });

  test('an adopted server that ends by itself is reported', async () => {
    const dataDir = await aUsedDataDir();
    const { pid } = await killedService(dataDir);
    const exits: unknown[] = [];
    await start({ dataDir, onExit: (...exit) => exits.push(exit) });
    process.kill(pid, 'SIGINT');
    await eventually(() => exits.length > 0, 'onExit');
    expect(exits).toEqual([[null, null]]);
  });

  test('a server with other settings is replaced', async () => {
    const dataDir = await aUsedDataDir();
    const { pid } = await killedService(dataDir);
    const next = await start({ dataDir, durable: true });
    expect(next.adopted).toBe(false);
    expect(isRunning(identifyProcess(pid))).toBe(false);
    expect(await count(next.url)).toEqual([{ films: 3 }]);
  });

  test('a server on another port than the one asked for is replaced', async () => {
    const dataDir = await aUsedDataDir();
    const { url } = await killedService(dataDir);
    const port = await aQuietPort();
    expect(new URL(url).port).not.toBe(String(port));
    const next = await start({ dataDir, port });
    expect(next.adopted).toBe(false);
    expect(new URL(next.url).port).toBe(String(port));
    expect(await count(next.url)).toEqual([{ films: 3 }]);
  });

  test('a server that does not answer is replaced', async () => {
    const dataDir = await aUsedDataDir();
    const { pid } = await killedService(dataDir);
    process.kill(pid, 'SIGSTOP');
    const next = await start({ dataDir });
    expect(next.adopted).toBe(false);
    expect(await count(next.url)).toEqual([{ films: 3 }]);
  });

  test('and of its server, the next start recovers', async () => {
    const dataDir = await aUsedDataDir();
    const { pid } = await killedService(dataDir);
    process.kill(pid, 'SIGKILL');
    const next = await start({ dataDir });
    expect(next.adopted).toBe(false);
    expect(await count(next.url)).toEqual([{ films: 3 }]);
  });

  test('a server whose directory was moved meanwhile is not joined by a second one', async () => {
    const dataDir = await aUsedDataDir();
    const { pid } = await killedService(dataDir);
    const moved = `${dataDir}-moved`;
    await rename(dataDir, moved);
    const next = await start({ dataDir: moved });
    expect(next.adopted).toBe(false);
    expect(isRunning(identifyProcess(pid))).toBe(false);
    expect(await count(next.url)).toEqual([{ films: 3 }]);
  });
});

describe('a pid file that names a process of somebody else', () => {
  const strangers: { kill(signal: 'SIGKILL'): boolean }[] = [];
  afterEach(() => {
    for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL');
  });

  test('does not stop the start, even when the process has the same account; it is left alone', async () => {
    const dataDir = await aUsedDataDir();
    const { uid, gid } = await stat(join(dataDir, 'postgres'));
    const stranger = spawn('/bin/sleep', ['60'], { uid, gid, cwd: '/', stdio: 'ignore' });
    strangers.push(stranger);
    const lines = [stranger.pid, join(dataDir, 'postgres'), 1, 5432, '', '127.0.0.1', '', 'ready   '];
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`);
    const postgres = await start({ dataDir });
    expect(postgres.adopted).toBe(false);
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(isRunning(identifyProcess(stranger.pid ?? 0))).toBe(true);
  });
});

describe('a first start that is killed half way', () => {
  test.each(['password', 'cluster/PG_VERSION', 'cluster/global/pg_control'])(
    'when %s is there leaves nothing that harms',
    async (landmark) => {
      const dataDir = join(await sandbox(), 'data');
      const service = spawnService({ dataDir });
      const reached = async () => {
        const unfinished = await names(dataDir, /unfinished/).catch(() => []);
        const found = unfinished.map((name) => stat(join(dataDir, name, landmark)));
        return (await Promise.allSettled(found)).some((outcome) => outcome.status === 'fulfilled');
      };
      await eventually(reached, landmark);
      await service.killHard();
      expect(await names(dataDir, /^postgres$/)).toEqual([]);
      const postgres = await start({ dataDir });
      expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await postgres.stop();
      expect(await names(dataDir, /unfinished/)).toEqual([]);
    },
  );
});

describe('a service', () => {
  test('that ends without stopping its server takes it along', async () => {
    const dataDir = await aUsedDataDir();
    const service = spawnService({ dataDir });
    await service.greeting;
    const server = identifyProcess(await serverPid(dataDir));
    await service.tell('exit');
    await eventually(() => !isRunning(server), 'the end of the server');
    expect((await start({ dataDir })).adopted).toBe(false);
  });

  test('still has its database after Ctrl-C in the terminal, until it stops it', async () => {
    const dataDir = await aUsedDataDir();
    const service = spawnService({ dataDir });
    const { url = '' } = await service.greeting;
    const server = identifyProcess(await serverPid(dataDir));
    // A terminal sends it to the whole foreground group.
    process.kill(-(service.child.pid ?? 0), 'SIGINT');
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await service.tell('stop');
    expect(isRunning(server)).toBe(false);
    expect(await readServiceLock(dataDir)).toBeUndefined();
  });
});
