import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/**
 * One process, told apart from a later one that was given the same pid. `processStart` is `<boot id>/<ticks since
 * boot>` on Linux and `null` where the system does not show it: there the pid alone decides.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly processStart: string | null;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, processStart: processStart(pid) ?? null };
}

/** Whether that very process still runs. A zombie (ended, not yet collected by its parent) does not. */
export function isRunning(identity: ProcessIdentity): boolean {
  if (!isAlive(identity.pid)) return false;
  if (identity.processStart === null) return true;
  const start = processStart(identity.pid);
  // Alive but hidden from us (a /proc mounted with hidepid): the careful answer is that it is the same one.
  return start === undefined ? isAlive(identity.pid) : start === identity.processStart;
}

function isAlive(pid: number): boolean {
  // Zero and negative numbers would ask about process groups.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const state = statFields(pid)?.[0];
  return state !== 'Z' && state !== 'X';
}

/** proc(5): field 22 is the start time in ticks since boot. The boot id makes it unique across restarts of the machine. */
function processStart(pid: number): string | undefined {
  const ticks = statFields(pid)?.[19];
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim();
  return ticks === undefined ? undefined : `${boot ?? 'unknown-boot'}/${ticks}`;
}

/** The fields of /proc/<pid>/stat from the third one on; the second, the name, may hold spaces and parentheses. */
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Whether the process is a PostgreSQL server that works in `directory`. On Linux its working directory is compared by
 * inode, so a server whose directory was moved or mounted elsewhere since is still known; elsewhere `ps` is asked.
 */
export function isPostgresIn(pid: number, directory: string): boolean {
  const args = read(`/proc/${pid}/cmdline`)?.split('\0');
  if (args === undefined) return psShows(pid, directory);
  if (!args.some((arg) => /(?:^|\/)postgres$/.test(arg))) return false;
  return args[args.indexOf('-D') + 1] === directory || isSameDirectory(`/proc/${pid}/cwd`, directory);
}

function isSameDirectory(left: string, right: string): boolean {
  try {
    const [a, b] = [statSync(left), statSync(right)];
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}

function psShows(pid: number, directory: string): boolean {
  try {
    const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return command.includes('postgres') && command.includes(directory);
  } catch {
    return false;
  }
}
