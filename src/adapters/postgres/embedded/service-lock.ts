import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError, systemCode } from './embedded-postgres-error.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

/** What `<data directory>/service.lock` says, as JSON. */
export interface ServiceLockRecord {
  readonly pid: number;
  /** ISO 8601: when the lock was taken. */
  readonly startedAt: string;
  /** Tells the process from a later one with the same pid; `null` where the system does not show it. */
  readonly processStart: string | null;
  /** Where the service answers HTTP, once it does. */
  readonly url?: string;
}

export interface ServiceLock {
  /** Gives the directory free. May be called again. */
  release(): Promise<void>;
}

/** The record of the lock and whether its holder still runs; `undefined` when the directory is free. */
export async function readServiceLock(
  dataDir: string,
): Promise<(ServiceLockRecord & { readonly alive: boolean }) | undefined> {
  const found = await inspect(lockPath(dataDir));
  return found?.record && { ...found.record, alive: isRunning(found.record) };
}

/** Adds the HTTP address to the lock that this process holds. Throws when it does not hold it. */
export async function publishServiceUrl(dataDir: string, url: string): Promise<void> {
  const path = lockPath(dataDir);
  const record = (await inspect(path))?.record;
  if (!record || !isOurs(record)) throw new Error(`this process does not hold ${path}`);
  await rename(await writeComplete(path, { ...record, url }), path);
}

/**
 * Takes the directory for this process, or throws `data-dir-in-use`. A lock whose holder was killed does not count,
 * and of any number of starters that find such a lock exactly one wins.
 *
 * Pids mean something within one machine (and one container) only: a directory shared over a network, or by two
 * containers, is not guarded.
 */
export async function acquireServiceLock(dataDir: string): Promise<ServiceLock> {
  const path = lockPath(dataDir);
  const record = { ...identifyProcess(process.pid), startedAt: new Date().toISOString() };
  const holder = await claim(path, record);
  if (holder) throw inUse(dataDir, holder);
  return { release: () => release(path) };
}

function inUse(dataDir: string, holder: ServiceLockRecord): EmbeddedPostgresError {
  const who = `process ${holder.pid}, started ${holder.startedAt}${holder.url ? `, ${holder.url}` : ''}`;
  return new EmbeddedPostgresError(
    'data-dir-in-use',
    `The data directory ${dataDir} is in use by another service (${who}). Stop that one first, or set DATA_DIR to another directory.`,
  );
}

/**
 * Makes `path` ours, or answers who holds it. A stale file is replaced only by the one process that claimed the right
 * to replace that very file, under a name made of its content: a starter that is late finds another content under
 * `path`, gives the claim back and looks again. The claim is a lock like this one, so it may itself be left stale.
 */
async function claim(path: string, record: ServiceLockRecord): Promise<ServiceLockRecord | undefined> {
  const complete = await writeComplete(path, record);
  try {
    for (;;) {
      if (await linked(complete, path)) return undefined;
      const found = await inspect(path);
      if (!found) continue;
      if (found.record && isRunning(found.record)) return found.record;
      const guard = `${path}.${found.token}`;
      const rival = await claim(guard, record);
      if (rival) return rival;
      const replaced = await replaceIfStill(found.token, path, complete);
      await rm(guard, { force: true });
      if (replaced) return undefined;
    }
  } finally {
    await rm(complete, { force: true });
  }
}

async function replaceIfStill(token: string, path: string, complete: string): Promise<boolean> {
  if ((await inspect(path))?.token !== token) return false;
  await rename(complete, path);
  return true;
}

/** link(2) fails when the name is taken, and the file it makes is complete from the first moment. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeComplete(path: string, record: ServiceLockRecord): Promise<string> {
  const name = `${path}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const file = await open(name, 'wx', 0o644);
  try {
    await file.writeFile(`${JSON.stringify(record)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return name;
}

/** Content that is no record of ours (a power cut can leave an empty file) has no living holder. */
async function inspect(
  path: string,
): Promise<{ token: string; record: ServiceLockRecord | undefined } | undefined> {
  try {
    const content = await readFile(path, 'utf8');
    const token = createHash('sha256').update(content).digest('hex').slice(0, 12);
    return { token, record: parse(content) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(content: string): ServiceLockRecord | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is ServiceLockRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startedAt, processStart, url } = value as Record<string, unknown>;
  return (
    typeof pid === 'number' &&
    typeof startedAt === 'string' &&
    (processStart === null || typeof processStart === 'string') &&
    (url === undefined || typeof url === 'string')
  );
}

function isOurs(record: ServiceLockRecord): boolean {
  const self = identifyProcess(process.pid);
  return record.pid === self.pid && record.processStart === self.processStart;
}

async function release(path: string): Promise<void> {
  const record = (await inspect(path))?.record;
  if (record && isOurs(record)) await rm(path, { force: true });
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'service.lock');
}
