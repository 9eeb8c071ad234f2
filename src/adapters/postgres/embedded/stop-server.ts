import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, systemCode } from './embedded-postgres-error.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { isRunning } from './process-identity.ts';

/**
 * How hard to ask, and for how long before asking harder. SIGINT is the fast shutdown: open transactions are rolled
 * back and a checkpoint is written, which takes seconds on a slow disk. SIGQUIT leaves out the checkpoint, so the next
 * start recovers from the log. No acknowledged write is lost by any of them.
 */
const STEPS = [
  { signal: 'SIGINT', patienceMs: 30_000 },
  { signal: 'SIGQUIT', patienceMs: 5000 },
  { signal: 'SIGKILL', patienceMs: 5000 },
] as const;

/** For a server that gave no answer to a query either. */
const IMPATIENT_STEPS = STEPS.map((step) => ({ ...step, patienceMs: Math.min(step.patienceMs, 2000) }));

/** Returns when the server has ended; throws `start-failed` when not even SIGKILL ended it. */
export async function stopServer(server: ProcessIdentity, answers = true): Promise<void> {
  for (const { signal, patienceMs } of answers ? STEPS : IMPATIENT_STEPS) {
    sendSignal(server, signal);
    if (await ended(server, patienceMs)) return;
  }
  throw new EmbeddedPostgresError(
    'start-failed',
    `PostgreSQL (process ${server.pid}) does not end, not even by SIGKILL: its disk may hang.`,
  );
}

/** Never signals a process that only took over the pid. */
export function sendSignal(server: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(server)) return;
  try {
    process.kill(server.pid, signal);
  } catch (error) {
    if (systemCode(error) === 'EPERM') throw otherUser(server, error);
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

async function ended(server: ProcessIdentity, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (isRunning(server)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

function otherUser(server: ProcessIdentity, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data-dir-in-use',
    `A PostgreSQL server of another user (process ${server.pid}) still works in the data directory. Stop it as that user, or set DATA_DIR to another directory.`,
    { cause },
  );
}
