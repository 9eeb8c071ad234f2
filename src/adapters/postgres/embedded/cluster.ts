import type { ExecFileException } from 'node:child_process';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import type { DataDirectory } from './data-directory.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { RunAs } from './run-as.ts';
import { commandAs } from './run-as.ts';

/**
 * The builtin provider sorts by code point, the same on every machine and for ever: no index goes bad with an update
 * of the system's libraries. pg_trgm still asks the C library what a letter is: with LC_CTYPE `C`, letters outside
 * ASCII would drop out of its trigrams. The name of a UTF-8 locale differs (Linux; macOS), so several are tried.
 */
const LETTERS = ['C.UTF-8', 'en_US.UTF-8', 'UTF-8', 'C'];

export interface NewCluster {
  readonly directory: DataDirectory;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly password: string;
  readonly durable: boolean;
}

/** Throws `version-mismatch` unless the cluster was made by the major version of `version` (for example `18.4`). */
export async function checkClusterVersion(directory: DataDirectory, version: string): Promise<void> {
  const made = (await readFile(join(directory.cluster, 'PG_VERSION'), 'utf8')).trim();
  const ours = version.split('.')[0];
  if (made === ours) return;
  throw new EmbeddedPostgresError(
    'version-mismatch',
    `The database in ${directory.cluster} was made by PostgreSQL ${made}, and this release brings ${version}, which cannot read it. Export the catalogue with the release that made it and import it into a new DATA_DIR, or convert the files with pg_upgrade.`,
  );
}

/** Clears away what an interrupted first start left. Not vital, so a failure waits for the next start. */
export async function removeUnfinished(directory: DataDirectory): Promise<void> {
  const prefix = basename(directory.unfinished);
  for (const name of await readdir(directory.root)) {
    if (!name.startsWith(prefix)) continue;
    // An initdb whose service was killed may still be writing there.
    await rm(join(directory.root, name), { recursive: true, force: true, maxRetries: 5 }).catch(
      () => undefined,
    );
  }
}

/** Makes the cluster under another name and renames it when it is whole: killed at any moment, it leaves no half one. */
export async function createCluster(cluster: NewCluster): Promise<void> {
  const { directory, runAs } = cluster;
  const unfinished = `${directory.unfinished}${randomBytes(4).toString('hex')}`;
  const passwordFile = join(unfinished, 'password');
  await mkdir(unfinished, { mode: 0o700 });
  try {
    await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600, flag: 'wx' });
    if (runAs.how === 'other-user') {
      for (const path of [passwordFile, unfinished]) await chown(path, runAs.uid, runAs.gid);
    }
    await runInitdb(cluster, join(unfinished, 'cluster'), passwordFile);
    await rename(join(unfinished, 'cluster'), directory.cluster);
    if (cluster.durable) await syncDirectory(directory.root);
  } finally {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runInitdb(cluster: NewCluster, target: string, passwordFile: string): Promise<void> {
  for (const letters of LETTERS) {
    const failure = await tryInitdb(cluster, initdbArguments(cluster, target, passwordFile, letters));
    if (failure === undefined) return;
    if (!failure.includes('invalid locale name')) {
      throw new EmbeddedPostgresError('start-failed', `PostgreSQL could not set up its files: ${failure}`);
    }
  }
}

/** `scram-sha-256`, never `trust`: every user of the machine can reach a port of the loopback interface. */
function initdbArguments(
  cluster: NewCluster,
  target: string,
  passwordFile: string,
  letters: string,
): string[] {
  return [
    ...['-D', target, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
    ...['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--locale=C', `--lc-ctype=${letters}`, '--no-instructions'],
    ...(cluster.durable ? [] : ['--no-sync']),
  ];
}

/** What went wrong, in the program's words. */
async function tryInitdb(cluster: NewCluster, args: readonly string[]): Promise<string | undefined> {
  const command = commandAs(cluster.runAs, cluster.binaries.initdb, args);
  try {
    await promisify(execFile)(command.file, command.args, {
      ...command.options,
      cwd: cluster.directory.root,
      timeout: 300_000,
    });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as ExecFileException;
    return stderr?.trim() || message;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
