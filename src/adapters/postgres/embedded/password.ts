import { createHmac, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DataDirectory } from './data-directory.ts';
import { EmbeddedPostgresError, systemCode } from './embedded-postgres-error.ts';

/** Root must not follow a link that the account owning the directory may have put there. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW;

/** The password of the cluster's superuser; made on the first start. */
export async function readOrMakePassword(directory: DataDirectory, cluster: boolean): Promise<string> {
  const kept = await readPassword(directory.password);
  if (kept) return kept;
  if (cluster) throw lost(directory);
  return makePassword(directory.password);
}

/** The service's own password: another secret than the superuser's, without a second file that could get lost. */
export function servicePassword(superuserPassword: string): string {
  return createHmac('sha256', superuserPassword).update('mediamesh').digest('base64url');
}

async function readPassword(path: string): Promise<string | undefined> {
  const file = await open(path, READ).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    await secure(file, path);
    return (await file.readFile('utf8')).trim();
  } finally {
    await file.close();
  }
}

async function makePassword(path: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(`${password}\n`);
    await secure(file, path);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  return password;
}

async function secure(file: FileHandle, path: string): Promise<void> {
  if (((await file.stat()).mode & 0o077) !== 0) await file.chmod(0o600);
  await giveToOwnerOfDirectory(file, path);
}

/** What root makes in a user's directory is the user's, so that the user can start the service the next time. */
export async function giveToOwnerOfDirectory(file: FileHandle, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  await file.chown(uid, gid);
}

function lost(directory: DataDirectory): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'foreign-data-dir',
    `${directory.cluster} holds a database, but its password is not in ${directory.password}. Put that file back, or set DATA_DIR to another directory.`,
  );
}
