/** Started by guard.ts: reads folders of servers, one a line, and clears up what is left of them when its input ends. */
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** Where a server in a folder leaves its process id, on the first line: one of ours, an embedded Postgres. */
const PID_FILES = ['engine.pid', 'postgres/postmaster.pid'];

const PATIENCE_MS = 5_000;

const folders: string[] = [];
for await (const line of createInterface({ input: process.stdin })) folders.push(line);
await Promise.all(folders.map(clear));

async function clear(folder: string): Promise<void> {
  for (const file of PID_FILES) {
    const pid = Number.parseInt(await readFile(join(folder, file), 'utf8').catch(() => ''), 10);
    if (pid > 1 && (await worksIn(pid, folder))) await stop(pid);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Whether the process is the folder's server, and not one that was given the same id since. Where there is no /proc, its id decides. */
async function worksIn(pid: number, folder: string): Promise<boolean> {
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return cwd === undefined ? process.platform !== 'linux' : `${cwd}/`.startsWith(`${folder}/`);
}

async function stop(pid: number): Promise<void> {
  // SIGINT is Postgres's fast shutdown (SIGTERM waits for its clients) and ends the others too.
  signal(pid, 'SIGINT');
  const deadline = Date.now() + PATIENCE_MS;
  while (signal(pid, 0) && Date.now() < deadline) await delay(20);
  signal(pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
