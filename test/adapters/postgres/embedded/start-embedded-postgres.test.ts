import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { acquireServiceLock } from '../../../../src/adapters/postgres/embedded/service-lock.ts';
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

const newDataDir = async () => join(await sandbox(), 'data');
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('a first and a second start', () => {
  test('the second finds what the first wrote', async () => {
    const dataDir = await newDataDir();
    const first = await start({ dataDir, durable: true });
    expect(first.adopted).toBe(false);
    await query(first.url, 'CREATE TABLE films AS SELECT 1 AS id');
    await first.stop();
    await first.stop();
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow();
    const second = await start({ dataDir, durable: true });
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'SELECT id FROM films')).toEqual([{ id: 1 }]);
  });

  test('files are for their owner alone, and nothing unfinished stays', async () => {
    const dataDir = await newDataDir();
    const postgres = await start({ dataDir });
    for (const path of [dataDir, join(dataDir, 'postgres')]) expect(await mode(path)).toBe('700');
    for (const name of ['postgres.log', 'postgres.password']) {
      expect(await mode(join(dataDir, name))).toBe('600');
    }
    await postgres.stop();
    expect(await names(dataDir, /./)).toEqual(['postgres', 'postgres.log', 'postgres.password']);
  });

  test('modes that were widened are narrowed again', async () => {
    const dataDir = await aUsedDataDir();
    await chmod(join(dataDir, 'postgres'), 0o755);
    await chmod(join(dataDir, 'postgres.password'), 0o644);
    await start({ dataDir });
    expect(await mode(join(dataDir, 'postgres'))).toBe('700');
    expect(await mode(join(dataDir, 'postgres.password'))).toBe('600');
  });

  test('a start that was killed before the database was made is made up for', async () => {
    const dataDir = await aUsedDataDir();
    const first = await start({ dataDir });
    const admin = new URL(first.url);
    admin.username = 'postgres';
    admin.password = (await readFile(join(dataDir, 'postgres.password'), 'utf8')).trim();
    admin.pathname = '/postgres';
    await query(admin.href, 'DROP DATABASE mediamesh');
    await query(admin.href, 'DROP ROLE mediamesh');
    await first.stop();
    const second = await start({ dataDir });
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('what the service is given', () => {
  test('a database of its own, in UTF-8, without the rights of a superuser', async () => {
    const { url } = await start({ dataDir: await newDataDir(), durable: true });
    expect(
      await query(
        url,
        `SELECT current_database() AS db, rolsuper, rolcreatedb, current_setting('server_encoding') AS encoding,
                current_setting('listen_addresses') AS address, current_setting('max_connections') AS connections,
                current_setting('fsync') AS fsync
         FROM pg_roles WHERE rolname = current_user`,
      ),
    ).toEqual([
      {
        db: 'mediamesh',
        rolsuper: false,
        rolcreatedb: true,
        encoding: 'UTF8',
        address: '127.0.0.1',
        connections: '50',
        fsync: 'on',
      },
    ]);
  });

  test('letters outside ASCII are letters, in words and in trigrams', async () => {
    const { url } = await start({ dataDir: await aUsedDataDir() });
    await query(url, 'CREATE EXTENSION pg_trgm');
    await query(url, 'CREATE EXTENSION unaccent');
    expect(
      await query(
        url,
        `SELECT to_tsvector('simple', 'ÉCOLE')::text AS words, unaccent('Été') AS bare, lower('ÉТ') AS low,
                cardinality(show_trgm('été')) AS trigrams, 'Z' < 'a' AS by_code_point`,
      ),
    ).toEqual([{ words: "'école':1", bare: 'Ete', low: 'éт', trigrams: 4, by_code_point: true }]);
  });

  test('fsync, unless the caller gave it up, and commits written before they are acknowledged in any case', async () => {
    const sql = "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS sync";
    const dataDir = await aUsedDataDir();
    const durable = await start({ dataDir, durable: true });
    expect(await query(durable.url, sql)).toEqual([{ fsync: 'on', sync: 'on' }]);
    await durable.stop();
    const fast = await start({ dataDir, durable: false });
    expect(await query(fast.url, sql)).toEqual([{ fsync: 'off', sync: 'on' }]);
  });

  test('a port that nobody enters without the password', async () => {
    const { url } = await start({ dataDir: await aUsedDataDir() });
    for (const user of ['mediamesh', 'postgres']) {
      const guess = new URL(url);
      guess.username = user;
      guess.password = 'guess';
      await expect(query(guess.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    }
    expect(url).toMatch(/^postgres:\/\/mediamesh:[\w-]{43}@127\.0\.0\.1:\d+\/mediamesh$/);
  });
});

describe('two services', () => {
  test('never share a directory: one wins, the other is told so', async () => {
    const dataDir = await newDataDir();
    const services = [spawnService({ dataDir }), spawnService({ dataDir })];
    const greetings = await Promise.all(services.map((service) => service.greeting));
    const [winner, ...others] = greetings.filter((greeting) => greeting.url !== undefined);
    const loser = greetings.find((greeting) => greeting.url === undefined);
    expect(others).toEqual([]);
    expect(loser?.code).toBe('data-dir-in-use');
    expect(loser?.message).toContain(dataDir);
    expect(loser?.message).toMatch(/process \d+/);
    expect(await query(winner?.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'data-dir-in-use' });
    await Promise.all(services.map((service) => service.tell('stop')));
    expect((await start({ dataDir })).adopted).toBe(false);
  });

  test('the second start of one process is refused too, and the first goes on', async () => {
    const dataDir = await aUsedDataDir();
    const first = await start({ dataDir });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'data-dir-in-use' });
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('the port', () => {
  test('is the one asked for; a taken one is named', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const dataDir = await newDataDir();
    const attempt = start({ dataDir, port });
    await expect(attempt).rejects.toMatchObject({ code: 'start-failed' });
    await expect(attempt).rejects.toThrow(`Port ${port} is taken`);
    taken.close();
    await once(taken, 'close');
    // The refused start gave the directory free.
    await (await acquireServiceLock(dataDir)).release();
    expect(new URL((await start({ dataDir, port })).url).port).toBe(String(port));
  });
});

describe('a server that ends by itself', () => {
  test('is reported once, and stop still gives the directory free', async () => {
    const dataDir = await aUsedDataDir();
    const onExit = vi.fn<(code: number | null, signal: string | null) => void>();
    const postgres = await start({ dataDir, onExit });
    process.kill(await serverPid(dataDir), 'SIGKILL');
    await eventually(() => onExit.mock.calls.length > 0, 'onExit');
    expect(onExit.mock.calls).toEqual([[null, 'SIGKILL']]);
    await postgres.stop();
    expect(await names(dataDir, /^service/)).toEqual([]);
    const again = await start({ dataDir });
    expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('is not reported when it was stopped', async () => {
    const onExit = vi.fn();
    await (await start({ dataDir: await aUsedDataDir(), onExit })).stop();
    expect(onExit).not.toHaveBeenCalled();
  });
});

test('the log is moved aside when it has grown', async () => {
  const dataDir = await aUsedDataDir();
  await writeFile(join(dataDir, 'postgres.log'), Buffer.alloc(9 * 1024 * 1024, '.'));
  await start({ dataDir });
  expect(await names(dataDir, /log/)).toEqual(['postgres.log', 'postgres.log.1']);
  expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('ready to accept connections');
});
