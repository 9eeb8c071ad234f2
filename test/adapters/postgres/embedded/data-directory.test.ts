import { execFileSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../../src/adapters/postgres/embedded/start-embedded-postgres.ts';
import { cleanUp, isRoot, sandbox, start } from './support/sandbox.ts';

cleanUp();

const log = () => undefined;

test('a relative path is refused: it would mean another directory for each working directory', async () => {
  await expect(startEmbeddedPostgres({ dataDir: 'data', log })).rejects.toThrow('absolute');
});

test('a directory with other files is refused and left as it was', async () => {
  const dataDir = await sandbox();
  await writeFile(join(dataDir, 'thesis.doc'), 'years of work');
  const before = await stat(dataDir);
  const attempt = start({ dataDir });
  await expect(attempt).rejects.toMatchObject({ code: 'foreign-data-dir' });
  await expect(attempt).rejects.toThrow(/thesis\.doc.*DATA_DIR/);
  expect(await readdir(dataDir)).toEqual(['thesis.doc']);
  expect((await stat(dataDir)).uid).toBe(before.uid);
});

test('something else in the place of the cluster is refused', async () => {
  const withFiles = join(await sandbox(), 'data');
  await mkdir(join(withFiles, 'postgres', 'backup'), { recursive: true });
  await expect(start({ dataDir: withFiles })).rejects.toMatchObject({ code: 'foreign-data-dir' });
  const withFile = join(await sandbox(), 'data');
  await mkdir(withFile);
  await writeFile(join(withFile, 'postgres'), '');
  await expect(start({ dataDir: withFile })).rejects.toMatchObject({ code: 'foreign-data-dir' });
});

test('a cluster without its password is refused', async () => {
  const dataDir = join(await sandbox(), 'data');
  await mkdir(join(dataDir, 'postgres'), { recursive: true });
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
  const attempt = start({ dataDir });
  await expect(attempt).rejects.toMatchObject({ code: 'foreign-data-dir' });
  await expect(attempt).rejects.toThrow('postgres.password');
});

test('a cluster of another major version is refused, and the lock given back', async () => {
  const dataDir = join(await sandbox(), 'data');
  await mkdir(join(dataDir, 'postgres'), { recursive: true });
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
  await writeFile(join(dataDir, 'postgres.password'), 'secret\n');
  const attempt = start({ dataDir });
  await expect(attempt).rejects.toMatchObject({ code: 'version-mismatch' });
  await expect(attempt).rejects.toThrow(/PostgreSQL 17.*18\./);
  expect(await readdir(dataDir)).not.toContain('service.lock');
});

test('a place where no directory can be is unreachable', async () => {
  const file = join(await sandbox(), 'file');
  await writeFile(file, '');
  for (const dataDir of [file, join(file, 'data')]) {
    const attempt = start({ dataDir });
    await expect(attempt).rejects.toMatchObject({ code: 'data-dir-unreachable' });
    await expect(attempt).rejects.toThrow(/DATA_DIR/);
  }
});

test('a directory that no account may use is unreachable, and the message says where the wall is', async () => {
  const parent = await sandbox(0o700);
  const dataDir = join(parent, 'data');
  // For root: the private directory of an account that does not exist. For a user: one that may not be written to.
  if (isRoot) await chown(parent, 54_321, 54_321);
  else await chmod(parent, 0o500);
  const attempt = start({ dataDir });
  await expect(attempt).rejects.toMatchObject({ code: 'data-dir-unreachable' });
  await expect(attempt).rejects.toThrow(
    isRoot ? `${parent} (mode 700, owner uid 54321)` : 'permission denied',
  );
});

test('missing binaries are named', async () => {
  const parent = await sandbox();
  const attempt = start({ dataDir: join(parent, 'data'), nativeDir: join(parent, 'native') });
  await expect(attempt).rejects.toMatchObject({ code: 'binaries-missing' });
  await expect(attempt).rejects.toThrow(/native.*npm ci.*DATABASE_URL/);
});

test('binaries that do not run on this machine are a failed start', async () => {
  const parent = await sandbox();
  const nativeDir = join(parent, 'native');
  await mkdir(join(nativeDir, 'bin'), { recursive: true });
  for (const path of ['lib', 'share']) await mkdir(join(nativeDir, path));
  for (const program of ['initdb', 'postgres']) {
    await writeFile(join(nativeDir, 'bin', program), '#!/no/such/loader\n', { mode: 0o755 });
  }
  const attempt = start({ dataDir: join(parent, 'data'), nativeDir });
  await expect(attempt).rejects.toMatchObject({ code: 'start-failed' });
  await expect(attempt).rejects.toThrow('does not run on this machine');
});

test('a link in the place of the log is not followed', async () => {
  const parent = await sandbox();
  const dataDir = join(parent, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  execFileSync('ln', ['-s', join(parent, 'victim'), join(dataDir, 'postgres.log')]);
  await expect(start({ dataDir })).rejects.toMatchObject({ code: 'start-failed' });
  await expect(lstat(join(parent, 'victim'))).rejects.toMatchObject({ code: 'ENOENT' });
});
