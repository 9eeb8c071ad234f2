import type { ChildProcess } from 'node:child_process';
import type { AdminAccess } from './admin-client.ts';
import { ensureDatabase, serviceUrl } from './admin-client.ts';
import { findNativeDir, prepareBinaries, readBuild } from './binaries.ts';
import { checkClusterVersion, createCluster, removeUnfinished } from './cluster.ts';
import type { DataDirectory } from './data-directory.ts';
import { hasCluster, openDataDirectory } from './data-directory.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { settleLeftover } from './leftover.ts';
import { settleOwnership } from './ownership.ts';
import { readOrMakePassword } from './password.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { chooseRunAs } from './run-as.ts';
import { startServer } from './server-process.ts';
import type { OnExit } from './server-watch.ts';
import { stopWithProcess, watchServer } from './server-watch.ts';
import type { ServiceLock } from './service-lock.ts';
import { acquireServiceLock } from './service-lock.ts';
import { fingerprintOf } from './settings.ts';
import { stopServer } from './stop-server.ts';

export interface EmbeddedPostgresOptions {
  /** Absolute. Made (0700) if it is not there; the database lies in `<dataDir>/postgres`, its log beside it. */
  readonly dataDir: string;
  /** Hears what a person who starts the service may want to know. */
  readonly log: (message: string) => void;
  /**
   * Default `true`. `false` is for tests: faster, with connections for many services, and what was written is lost when the machine
   * (not just a process) crashes.
   */
  readonly durable?: boolean;
  /** On 127.0.0.1. Default: a free one, which may be another one at each start. */
  readonly port?: number;
  /** Called once when the server ends without `stop`. */
  readonly onExit?: OnExit;
  /** Where `bin/`, `lib/` and `share/` of PostgreSQL lie. Default: the installed `@embedded-postgres` package. */
  readonly nativeDir?: string;
}

export interface EmbeddedPostgres {
  /** `postgres://` with the password of a role that owns the database `mediamesh` and is no superuser. */
  readonly url: string;
  /** A server of a service that was killed is gone on with. */
  readonly adopted: boolean;
  /** Shuts the server down (open transactions are rolled back) and gives the directory free. May be called again. */
  stop(): Promise<void>;
}

interface RunningServer extends AdminAccess, ProcessIdentity {
  readonly adopted: boolean;
  readonly child?: ChildProcess;
}

/**
 * Runs our own PostgreSQL as a child process with its files under `dataDir`, made on the first start. While it runs,
 * this process holds the directory's service lock. Should this process be killed, the server goes on, and the next
 * start takes it over. Throws `EmbeddedPostgresError`, and leaves nothing running then.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const directory = await openDataDirectory(options.dataDir);
    const lock = await acquireServiceLock(directory.root);
    return await startLocked(options, directory, lock).catch(async (error: unknown) => {
      await lock.release();
      throw error;
    });
  } catch (error) {
    throw declared(error);
  }
}

function declared(error: unknown): unknown {
  if (error instanceof EmbeddedPostgresError || error instanceof TypeError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new EmbeddedPostgresError('start-failed', `PostgreSQL could not be started: ${reason}`, {
    cause: error,
  });
}

async function startLocked(
  options: EmbeddedPostgresOptions,
  directory: DataDirectory,
  lock: ServiceLock,
): Promise<EmbeddedPostgres> {
  const server = await findOrStart(options, directory);
  try {
    await ensureDatabase(server);
  } catch (error) {
    await stopServer(server);
    throw error;
  }
  return handle(server, options.onExit ?? (() => undefined), lock);
}

async function findOrStart(
  options: EmbeddedPostgresOptions,
  directory: DataDirectory,
): Promise<RunningServer> {
  const { log, port, durable = true } = options;
  const isMade = await hasCluster(directory);
  const runAs = await chooseRunAs(directory);
  await removeUnfinished(directory);
  const password = await readOrMakePassword(directory, isMade);
  const binaries = await prepareBinaries(options.nativeDir ?? findNativeDir(), directory, runAs);
  const { version, installation } = await readBuild(binaries.postgres);
  const settings = { durable, installation };
  if (isMade) {
    await checkClusterVersion(directory, version);
    const fingerprint = fingerprintOf(settings);
    const found = await settleLeftover({ cluster: directory.cluster, password, fingerprint, port, log });
    if (found) return { ...found, password, adopted: true };
  }
  // Only now, that no server is left which works with the files as they are.
  await settleOwnership(directory, runAs, isMade);
  if (!isMade) {
    log(`setting up PostgreSQL ${version} in ${directory.cluster}`);
    await createCluster({ directory, binaries, runAs, password, durable });
  }
  const started = await startServer({ directory, binaries, runAs, settings, port, log });
  return { ...started, password, adopted: false };
}

function handle(server: RunningServer, onExit: OnExit, lock: ServiceLock): EmbeddedPostgres {
  const unwatch = watchServer(server, onExit);
  const forgetProcess = stopWithProcess(server);
  const stopOnce = async () => {
    unwatch();
    await stopServer(server);
    forgetProcess();
    await lock.release();
  };
  let stopping: Promise<void> | undefined;
  return {
    url: serviceUrl(server),
    adopted: server.adopted,
    stop: () => {
      stopping ??= stopOnce();
      return stopping;
    },
  };
}
