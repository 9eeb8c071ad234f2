import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import type { DataDirectory } from './data-directory.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findFreePort } from './free-port.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { identifyProcess } from './process-identity.ts';
import type { RunAs } from './run-as.ts';
import { commandAs } from './run-as.ts';
import type { ServerLog } from './server-log.ts';
import { openServerLog } from './server-log.ts';
import { stopWithProcess } from './server-watch.ts';
import type { SettingsChoice } from './settings.ts';
import { serverArguments } from './settings.ts';
import { stopServer } from './stop-server.ts';

export interface ServerPlan {
  readonly directory: DataDirectory;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly settings: SettingsChoice;
  /** `undefined`: any free one. */
  readonly port: number | undefined;
  readonly log: (message: string) => void;
}

export interface StartedServer extends ProcessIdentity {
  readonly port: number;
  readonly child: ChildProcess;
}

const ATTEMPTS = 8;
/** Recovery of 1 GB of log takes tens of seconds on a slow disk. */
const READY_MS = 300_000;
const NOTICE_MS = 5000;

const PORT_TAKEN = /Address already in use/i;
/** A process of a server that was killed holds the shared memory until it notices, within seconds. */
const NOT_GONE_YET = /pre-existing shared memory block/i;

/** Starts the server and waits until it takes connections. Throws `start-failed` with the end of its log. */
export async function startServer(plan: ServerPlan): Promise<StartedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = plan.port ?? (await findFreePort());
    const outcome = await tryStart(plan, port);
    if (typeof outcome === 'object') return outcome;
    const portLost = plan.port === undefined && PORT_TAKEN.test(outcome);
    if (attempt === ATTEMPTS || !(portLost || NOT_GONE_YET.test(outcome))) throw startFailed(plan, outcome);
    if (!portLost) await delay(attempt * 250);
  }
}

function startFailed(plan: ServerPlan, tail: string): EmbeddedPostgresError {
  const hint =
    plan.port !== undefined && PORT_TAKEN.test(tail) ? ` Port ${plan.port} is taken by another program.` : '';
  return new EmbeddedPostgresError(
    'start-failed',
    `PostgreSQL did not start.${hint} The end of ${plan.directory.log}:\n${tail}`,
  );
}

/** The running server, or the end of its log. */
async function tryStart(plan: ServerPlan, port: number): Promise<StartedServer | string> {
  const log = await openServerLog(plan.directory.log);
  try {
    const child = await spawnServer(plan, port, log);
    const server = { ...identifyProcess(child.pid ?? 0), port, child };
    // A signal that ends this process while the server recovers must not leave the server behind.
    const forgetProcess = stopWithProcess(server);
    const isReady = await becomesReady(plan, server).finally(forgetProcess);
    return isReady ? server : await log.tail();
  } finally {
    await log.file.close();
  }
}

async function spawnServer(plan: ServerPlan, port: number, log: ServerLog): Promise<ChildProcess> {
  const { directory, binaries, runAs, settings } = plan;
  const args = serverArguments(directory.cluster, port, settings);
  const command = commandAs(runAs, binaries.postgres, args);
  const child = spawn(command.file, command.args, {
    ...command.options,
    cwd: directory.cluster,
    stdio: ['ignore', log.file.fd, log.file.fd],
    // A session of its own: Ctrl-C in the terminal is for the service, which still has requests to finish.
    detached: true,
  });
  await once(child, 'spawn').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedPostgresError('start-failed', `PostgreSQL could not be run: ${reason}.`, { cause });
  });
  // A later 'error' (a signal that could not be sent) has no listener otherwise and would end the process.
  child.on('error', (error) => plan.log(`PostgreSQL: ${error.message}`));
  child.unref();
  return child;
}

/**
 * Reads the server's own pid file before anything is sent to the port: had another program taken the port, it would
 * be sent our password.
 */
async function becomesReady(plan: ServerPlan, server: StartedServer): Promise<boolean> {
  const started = performance.now();
  let noticed = false;
  while (performance.now() - started < READY_MS) {
    if (server.child.exitCode !== null || server.child.signalCode !== null) return false;
    const file = await readPostmasterFile(plan.directory.cluster);
    if (file?.ready && file.pid === server.pid && file.port === server.port) return true;
    if (!noticed && performance.now() - started > NOTICE_MS) {
      noticed = true;
      plan.log('waiting for PostgreSQL: it recovers what was not yet in its files');
    }
    await delay(10);
  }
  await stopServer(server, false);
  return false;
}
