import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  canUnshare,
  cleanUp,
  copyBinaries,
  isRoot,
  NOBODY,
  names,
  query,
  sandbox,
  serverPid,
  start,
} from './support/sandbox.ts';
import type { Service } from './support/service.ts';
import { spawnService } from './support/service.ts';

cleanUp();

const ONE = [{ one: 1 }];
const ask = (url: string | undefined) => query(url ?? '', 'SELECT 1 AS one');
const owner = async (path: string) => (await stat(path)).uid;

/** The effective user id that the system shows for a process. */
async function runsAs(pid: number): Promise<number> {
  if (process.platform === 'linux') return (await stat(`/proc/${pid}`)).uid;
  return Number(execFileSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }));
}

/** A directory that the given user owns, below one that everybody may enter. */
async function directoryOf(uid: number): Promise<string> {
  const dataDir = join(await sandbox(), 'data');
  await mkdir(dataDir, { mode: 0o700 });
  if (isRoot) await chown(dataDir, uid, uid);
  return dataDir;
}

/** A service of a normal user: another one when we are root, ourselves when we are not. */
function serviceOf(uid: number, dataDir: string, nativeDir: string): Service {
  return spawnService({ dataDir, nativeDir, ...(isRoot ? { uid } : {}) });
}

describe('a normal user', () => {
  test('runs the server as itself, with binaries that it may not write to', async () => {
    const dataDir = await directoryOf(NOBODY);
    const nativeDir = await copyBinaries(join(await sandbox(), 'native'));
    if (!isRoot) await chmod(join(nativeDir, 'lib'), 0o555);
    const service = serviceOf(NOBODY, dataDir, nativeDir);
    const greeting = await service.greeting;
    expect(greeting.uid).toBe(isRoot ? NOBODY : process.getuid?.());
    expect(await ask(greeting.url)).toEqual(ONE);
    expect(await owner(join(dataDir, 'postgres'))).toBe(greeting.uid);
    // Links were missing and could not be made there, so they were made in a copy.
    expect(await names(join(nativeDir, 'lib'), /^libpq\.so$/)).toEqual([]);
    expect(await names(join(dataDir, 'postgres-binaries', 'lib'), /^libpq\.so$/)).toEqual(['libpq.so']);
    await service.tell('stop');
  });

  test('is told who owns a directory that it cannot use', async () => {
    const dataDir = join(await sandbox(), 'data');
    const first = await start({ dataDir });
    await first.stop();
    if (!isRoot) {
      await chmod(dataDir, 0o000);
      await expect(start({ dataDir })).rejects.toMatchObject({ code: 'data-dir-unreachable' });
      return;
    }
    const { uid } = await anotherAccount();
    await chmod(dataDir, 0o755);
    const greeting = await spawnService({ dataDir, uid }).greeting;
    expect(greeting.code).toBe('data-dir-unreachable');
    expect(greeting.message).toContain(`belongs to uid ${NOBODY}, and this is uid ${uid}`);
  });

  test('makes the missing links where it may', async () => {
    const parent = await sandbox();
    const nativeDir = await copyBinaries(join(parent, 'native'));
    expect(await names(join(nativeDir, 'lib'), /^libicuuc\.so\.60$/)).toEqual([]);
    const postgres = await start({ dataDir: join(parent, 'data'), nativeDir });
    expect(await ask(postgres.url)).toEqual(ONE);
    expect(await names(join(nativeDir, 'lib'), /^libicuuc\.so\.60$/)).toEqual(['libicuuc.so.60']);
    expect(await names(join(parent, 'data'), /binaries/)).toEqual([]);
  });
});

/** Any account of this machine that is neither root nor nobody. */
async function anotherAccount(): Promise<{ uid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  const uid = lines.map((line) => Number(line.split(':')[2])).find((id) => id > 0 && id !== NOBODY);
  if (uid === undefined) throw new Error('this machine has no further account');
  return { uid };
}

describe('root, or a user that may only use its own', () => {
  test('a data directory that others can reach belongs to the account of the server', async () => {
    const dataDir = join(await sandbox(), 'data');
    const postgres = await start({ dataDir });
    const account = isRoot ? NOBODY : process.getuid?.();
    expect(await runsAs(await serverPid(dataDir))).toBe(account);
    expect(await owner(join(dataDir, 'postgres'))).toBe(account);
    expect(await ask(postgres.url)).toEqual(ONE);
  });

  test('a data directory below one that only its owner may enter', async () => {
    const dataDir = join(await sandbox(0o700), 'data');
    const attempt = start({ dataDir });
    if (isRoot && !canUnshare()) {
      await expect(attempt).rejects.toMatchObject({ code: 'data-dir-unreachable' });
      return;
    }
    expect(await ask((await attempt).url)).toEqual(ONE);
    expect(await owner(join(dataDir, 'postgres'))).toBe(process.getuid?.());
  });

  test('binaries below a directory that only its owner may enter', async () => {
    const parent = await sandbox(0o700);
    const nativeDir = await copyBinaries(join(parent, 'native'));
    const dataDir = join(await sandbox(), 'data');
    for (const round of [1, 2]) {
      const postgres = await start({ dataDir, nativeDir });
      expect([round, await ask(postgres.url)]).toEqual([round, ONE]);
      await postgres.stop();
    }
    expect(await names(dataDir, /binaries/)).toEqual(isRoot ? ['postgres-binaries'] : []);
  });

  test('binaries and data below such a directory', async () => {
    const parent = await sandbox(0o700);
    const nativeDir = await copyBinaries(join(parent, 'native'));
    const attempt = start({ dataDir: join(parent, 'data'), nativeDir });
    if (isRoot && !canUnshare()) {
      await expect(attempt).rejects.toMatchObject({ code: 'data-dir-unreachable' });
      return;
    }
    expect(await ask((await attempt).url)).toEqual(ONE);
  });

  test('the way to the directory is closed and opened between starts', async () => {
    const parent = await sandbox();
    const dataDir = join(parent, 'data');
    const first = await start({ dataDir });
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.stop();
    for (const mode of [0o700, 0o755, 0o700]) {
      await chmod(parent, mode);
      const attempt = start({ dataDir });
      if (isRoot && mode === 0o700 && !canUnshare()) {
        await expect(attempt).rejects.toMatchObject({ code: 'data-dir-unreachable' });
        continue;
      }
      const postgres = await attempt;
      expect(await query(postgres.url, 'TABLE kept')).toEqual(ONE);
      const account = isRoot && mode === 0o755 ? NOBODY : process.getuid?.();
      expect(await owner(join(dataDir, 'postgres', 'base'))).toBe(account);
      await postgres.stop();
    }
  });

  test('root and a normal user take turns', async () => {
    const { uid } = isRoot ? await anotherAccount() : { uid: process.getuid?.() ?? 0 };
    const dataDir = await directoryOf(uid);
    const nativeDir = await copyBinaries(join(await sandbox(), 'native'));
    const user = serviceOf(uid, dataDir, nativeDir);
    const { url = '' } = await user.greeting;
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await user.tell('stop');

    const postgres = await start({ dataDir, nativeDir });
    expect(await query(postgres.url, 'TABLE kept')).toEqual(ONE);
    expect(await runsAs(await serverPid(dataDir))).toBe(uid);
    await postgres.stop();

    const userAgain = serviceOf(uid, dataDir, nativeDir);
    expect(await query((await userAgain.greeting).url ?? '', 'TABLE kept')).toEqual(ONE);
    await userAgain.tell('stop');
  });

  test("root in a user's private directory runs the server as that user", async () => {
    const { uid } = isRoot ? await anotherAccount() : { uid: process.getuid?.() ?? 0 };
    const home = await directoryOf(uid);
    const dataDir = join(home, 'data');
    const postgres = await start({ dataDir });
    expect(await ask(postgres.url)).toEqual(ONE);
    expect(await owner(join(dataDir, 'postgres'))).toBe(uid);
    expect(await runsAs(await serverPid(dataDir))).toBe(uid);
    await postgres.stop();
  });
});
