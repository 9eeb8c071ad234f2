import { statSync } from 'node:fs';
import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { EmbeddedPostgresError, systemCode } from './embedded-postgres-error.ts';

/** Where things lie under the data directory; all paths are absolute and free of symbolic links. */
export interface DataDirectory {
  readonly root: string;
  /** The files of the PostgreSQL cluster, 0700. */
  readonly cluster: string;
  readonly log: string;
  /** The password of the cluster's superuser, 0600. */
  readonly password: string;
  /** A copy of the binaries, made only where the installed ones cannot be used. */
  readonly binaries: string;
  /** What names of unfinished clusters begin with. */
  readonly unfinished: string;
}

/** A cluster is never started in a directory that holds anything but these: it may be somebody's home. */
const OUR_FILES = /^(?:postgres(?:[.-].*)?|service\.lock.*|lost\+found|\..*)$/;

/**
 * Makes the data directory (0700) if it is not there, and checks that what it holds is ours.
 * Throws `data-dir-unreachable` and `foreign-data-dir`.
 */
export async function openDataDirectory(dataDir: string): Promise<DataDirectory> {
  if (!isAbsolute(dataDir)) throw new TypeError(`dataDir must be an absolute path, not ${dataDir}`);
  const root = await makeDirectory(dataDir);
  const directory: DataDirectory = {
    root,
    cluster: join(root, 'postgres'),
    log: join(root, 'postgres.log'),
    password: join(root, 'postgres.password'),
    binaries: join(root, 'postgres-binaries'),
    unfinished: join(root, 'postgres-unfinished-'),
  };
  await refuseForeignFiles(directory);
  return directory;
}

/** Whether a cluster is there. Throws `foreign-data-dir` when something else lies in its place. */
export async function hasCluster(directory: DataDirectory): Promise<boolean> {
  const names = await listed(directory.cluster);
  if (names.length === 0) return false;
  if (names.includes('PG_VERSION')) return true;
  throw foreign(`${directory.cluster} is not a PostgreSQL cluster (it holds ${some(names)})`);
}

async function makeDirectory(dataDir: string): Promise<string> {
  try {
    // Parents keep the usual mode: 0700 would shut out the account that PostgreSQL runs under.
    await mkdir(dirname(dataDir), { recursive: true });
    await mkdir(dataDir, { mode: 0o700 }).catch(ignoreExisting);
    if (!(await stat(dataDir)).isDirectory()) throw new Error('it is not a directory');
    await readdir(dataDir);
    return await realpath(dataDir);
  } catch (error) {
    throw unreachable(dataDir, error);
  }
}

function ignoreExisting(error: unknown): void {
  if (systemCode(error) !== 'EEXIST') throw error;
}

export function unreachable(dataDir: string, cause: unknown): EmbeddedPostgresError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedPostgresError(
    'data-dir-unreachable',
    `The data directory ${dataDir} cannot be used: ${reason}${whose(dataDir)}. Set DATA_DIR to a directory this user may write to.`,
    { cause },
  );
}

/** The usual reason: it was made by root, or by another user. */
function whose(path: string): string {
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  const uid = process.getuid?.();
  return owner === undefined || owner === uid ? '' : ` (it belongs to uid ${owner}, and this is uid ${uid})`;
}

async function refuseForeignFiles(directory: DataDirectory): Promise<void> {
  if (await hasCluster(directory)) return;
  const strangers = (await readdir(directory.root)).filter((name) => !OUR_FILES.test(name));
  if (strangers.length > 0) throw foreign(`${directory.root} holds other files (${some(strangers)})`);
}

function foreign(what: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'foreign-data-dir',
    `${what}, so no database is made there. Set DATA_DIR to an empty or a new directory.`,
  );
}

function some(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

async function listed(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    if (systemCode(error) === 'ENOTDIR') throw foreign(`${path} is not a directory`);
    throw unreachable(path, error);
  }
}
