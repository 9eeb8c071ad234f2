import type { ChildProcess } from 'node:child_process';
import type { ProcessIdentity } from './process-identity.ts';
import { isRunning } from './process-identity.ts';
import { sendSignal } from './stop-server.ts';

/** `code` and `signal` are both `null` where they cannot be known: an adopted server is no child of ours. */
export type OnExit = (code: number | null, signal: NodeJS.Signals | null) => void;

const LOOK_EVERY_MS = 1000;

/** Calls `onExit` once when the server ends by itself. The answer ends the watch. */
export function watchServer(
  server: ProcessIdentity & { readonly child?: ChildProcess },
  onExit: OnExit,
): () => void {
  const { child } = server;
  if (!child) return pollServer(server, onExit);
  if (child.exitCode !== null || child.signalCode !== null) {
    onExit(child.exitCode, child.signalCode);
    return () => undefined;
  }
  child.once('exit', onExit);
  return () => child.off('exit', onExit);
}

function pollServer(server: ProcessIdentity, onExit: OnExit): () => void {
  const timer = setInterval(() => {
    if (isRunning(server)) return;
    clearInterval(timer);
    onExit(null, null);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Ends the server with a process that ends without having stopped it (process.exit, an uncaught exception): nothing
 * can be awaited there, but a signal can be sent. The answer takes that back.
 */
export function stopWithProcess(server: ProcessIdentity): () => void {
  const onProcessExit = () => sendSignal(server, 'SIGINT');
  process.once('exit', onProcessExit);
  return () => process.off('exit', onProcessExit);
}
