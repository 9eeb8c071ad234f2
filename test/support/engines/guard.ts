import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./guard-process.ts', import.meta.url));

let guard: ChildProcess | undefined;

/**
 * Names a folder to a small process that outlives this one. It reads from a pipe whose other end only this process holds:
 * at its end, however that came (SIGKILL too), it stops the servers in the folders that are still there and removes these.
 */
export function guardFolder(path: string): void {
  guard ??= startGuard();
  guard.stdin?.write(`${path}\n`);
}

function startGuard(): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return child;
}
