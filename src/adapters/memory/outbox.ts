import type { Clock } from '../../ports/clock.ts';
import type { DataSet, Mark, Outbox, OutboxDepth } from '../../ports/outbox.ts';

/** An outbox that a catalogue in the same process leaves its marks in. */
export interface MemoryOutbox extends Outbox {
  /** Marks a key, in the same turn of the event loop as the write that it stands for. */
  mark(dataSet: DataSet, key: string, version: number): void;
}

interface Entry {
  readonly version: number;
  readonly enqueuedAt: number;
  readonly freeAt: number;
  readonly attempts: number;
  readonly lastError?: string;
}

type Entries = Map<string, Entry>;

/** Marks in this process, one for each key that is behind; leases are by the clock. */
export function createMemoryOutbox({ clock }: { readonly clock: Clock }): MemoryOutbox {
  const dataSets = new Map<DataSet, Entries>();
  const entriesOf = (dataSet: DataSet): Entries => {
    const entries = dataSets.get(dataSet) ?? new Map<string, Entry>();
    dataSets.set(dataSet, entries);
    return entries;
  };
  return {
    mark: (dataSet, key, version) => markKey(entriesOf(dataSet), key, version, clock.now()),
    claim: async (dataSet, limit, leaseMs, call) => {
      call.signal.throwIfAborted();
      return claimMarks(entriesOf(dataSet), limit, clock.now(), leaseMs);
    },
    settle: async (dataSet, marks, call) => {
      call.signal.throwIfAborted();
      settleMarks(entriesOf(dataSet), marks);
    },
    putOff: async (dataSet, marks, delayMs, reason, call) => {
      call.signal.throwIfAborted();
      putOffMarks(entriesOf(dataSet), marks, clock.now() + delayMs, reason);
    },
    depth: async (dataSet, call) => {
      call.signal.throwIfAborted();
      return depthOf(entriesOf(dataSet), clock.now());
    },
  };
}

// A Map keeps the place of a key that is set again, so its order is that of the oldest marks.
function markKey(entries: Entries, key: string, version: number, now: number): void {
  entries.set(key, { version, enqueuedAt: entries.get(key)?.enqueuedAt ?? now, freeAt: now, attempts: 0 });
}

function claimMarks(entries: Entries, limit: number, now: number, leaseMs: number): readonly Mark[] {
  const claimed: Mark[] = [];
  for (const [key, entry] of entries) {
    if (claimed.length >= limit) break;
    if (entry.freeAt > now) continue;
    claimed.push({ key, version: entry.version, attempts: entry.attempts });
    entries.set(key, { ...entry, freeAt: now + leaseMs, attempts: entry.attempts + 1 });
  }
  return claimed;
}

function settleMarks(entries: Entries, marks: readonly Mark[]): void {
  for (const { key, version } of marks) {
    const entry = entries.get(key);
    if (entry !== undefined && entry.version <= version) entries.delete(key);
  }
}

// Only the caller's own claim is given back: each claim counts `attempts` up, so a later one has another number.
function putOffMarks(entries: Entries, marks: readonly Mark[], freeAt: number, reason: string): void {
  for (const { key, version, attempts } of marks) {
    const entry = entries.get(key);
    if (entry?.version === version && entry.attempts === attempts + 1) {
      entries.set(key, { ...entry, freeAt, lastError: reason });
    }
  }
}

function depthOf(entries: Entries, now: number): OutboxDepth {
  const [oldest] = entries.values();
  return {
    pending: entries.size,
    oldestAgeMs: oldest === undefined ? 0 : Math.max(0, now - oldest.enqueuedAt),
  };
}
