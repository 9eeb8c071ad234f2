import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { DataDirectory } from './data-directory.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { Blocker, FileIds } from './reachability.ts';
import { blockerOf } from './reachability.ts';

/** Under which account PostgreSQL runs: it refuses to run as root. */
export interface RunAs extends FileIds {
  readonly how: 'this-user' | 'other-user' | 'user-namespace';
}

/** `nobody` on every Linux distribution. initdb wants an account with a line in /etc/passwd. */
const NOBODY: FileIds = { uid: 65534, gid: 65534 };
const UNSHARE = ['--user', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`];

/** What every child is given: nothing of the service's environment, whose secrets are none of its business. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/**
 * Finds an account that PostgreSQL can run under and that can get to the data directory. Started as a normal user that
 * is the user itself. Started as root, in this order:
 * 1. who owns the files already, so that root and that user can take turns;
 * 2. `nobody`;
 * 3. who owns the directory that keeps `nobody` out (`sudo` in somebody's private home);
 * 4. root itself inside a user namespace, where it has another number: below `/root` nobody else may pass. There the
 *    server has root's rights to files of root, though no other privilege of root; the service's role, being no
 *    superuser of the database, cannot use them.
 */
export async function chooseRunAs(directory: DataDirectory): Promise<RunAs> {
  const uid = process.getuid?.() ?? -1;
  const gid = process.getgid?.() ?? -1;
  if (uid !== 0) return runAsThisUser(directory, { uid, gid });

  const parent = dirname(directory.root);
  const blocker = await blockerOf(parent, NOBODY);
  for (const ids of [...(await owners(directory)), NOBODY, ...(blocker ? [blocker] : [])]) {
    if ((await hasAccount(ids.uid)) && !(await blockerOf(parent, ids))) {
      return { how: 'other-user', uid: ids.uid, gid: ids.gid };
    }
  }
  const root = { uid: 0, gid: 0 };
  if (!(await blockerOf(parent, root)) && (await canUnshare())) return { how: 'user-namespace', ...root };
  throw unreachableAsRoot(directory, blocker);
}

async function runAsThisUser(directory: DataDirectory, ids: FileIds): Promise<RunAs> {
  const owner = await ownerOf(directory.cluster);
  if (owner && owner.uid !== ids.uid) {
    throw new EmbeddedPostgresError(
      'data-dir-unreachable',
      `The files in ${directory.cluster} belong to uid ${owner.uid}, and this is uid ${ids.uid}. Start the service as it was started before, give the files away with "chown -R ${ids.uid} ${directory.root}", or set DATA_DIR to another directory.`,
    );
  }
  if (isKnownUser()) return { how: 'this-user', ...ids };
  // A container run with a bare number as its user: initdb looks the name up and gives in.
  if (await canUnshare()) return { how: 'user-namespace', ...ids };
  throw new EmbeddedPostgresError(
    'start-failed',
    `uid ${ids.uid} is no account of this machine, and PostgreSQL wants one. Run the service as a user that /etc/passwd names, or set DATABASE_URL to a server.`,
  );
}

/** The command line and the options of spawn(2) that run a program under that account. */
export function commandAs(runAs: RunAs, program: string, args: readonly string[]) {
  const [file, argv] =
    runAs.how === 'user-namespace' ? ['unshare', [...UNSHARE, '--', program, ...args]] : [program, [...args]];
  const ids = runAs.how === 'other-user' ? { uid: runAs.uid, gid: runAs.gid } : {};
  return { file, args: argv, options: { env: ENVIRONMENT, ...ids } } as const;
}

async function owners(directory: DataDirectory): Promise<FileIds[]> {
  const found = [await ownerOf(directory.cluster), await ownerOf(directory.root)];
  return found.filter((ids) => ids !== undefined).filter((ids) => ids.uid !== 0);
}

async function ownerOf(path: string): Promise<FileIds | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats && { uid: stats.uid, gid: stats.gid };
}

async function hasAccount(uid: number): Promise<boolean> {
  if (uid === 0) return false;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return passwd.split('\n').some((line) => line.split(':')[2] === String(uid));
}

function isKnownUser(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

/** Whether this system lets us make a user namespace: containers often do not, and BusyBox has no such option. */
async function canUnshare(): Promise<boolean> {
  try {
    await promisify(execFile)('unshare', [...UNSHARE, '--', 'true'], { env: ENVIRONMENT, timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

function unreachableAsRoot(directory: DataDirectory, blocker: Blocker | undefined): EmbeddedPostgresError {
  const wall = blocker
    ? `${blocker.path} (mode ${blocker.mode.toString(8)}, owner uid ${blocker.uid}) lets only its owner pass`
    : 'this system has no account "nobody" with uid 65534';
  return new EmbeddedPostgresError(
    'data-dir-unreachable',
    `PostgreSQL refuses to run as root, and no other account can reach ${directory.root}: ${wall}. Set DATA_DIR to a directory that others can reach, for example /var/lib/mediamesh, or start the service as a normal user.`,
  );
}
