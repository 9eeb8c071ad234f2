import { compareText } from '../../../domain/text.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Mark, OutboxDepth, ParkedMark } from '../../../ports/outbox.ts';
import type { Entries, Entry } from './entries.ts';
import { createEntries } from './entries.ts';

/** The marks of one data set. */
export interface MarkList {
  /** Marks a key; `refresh` is for repair, which may not know the newest version. */
  mark(change: Change): void;
  claim(limit: number, leaseMs: number): readonly Mark[];
  settle(marks: readonly Mark[]): void;
  putOff(marks: readonly Mark[], delayMs: number, reason: string): void;
  park(marks: readonly Mark[], reason: string): void;
  parked(limit: number): readonly ParkedMark[];
  depth(): OutboxDepth;
}

export interface Change {
  readonly key: string;
  readonly version: number;
  readonly refresh: boolean;
}

export function createMarkList(clock: Clock): MarkList {
  const entries = createEntries();
  return {
    mark: (change) => markKey(entries, change, clock.now()),
    claim: (limit, leaseMs) => claimEntries(entries, { limit, leaseMs, now: clock.now() }),
    settle: (marks) => {
      for (const mark of marks) settleMark(entries, mark);
    },
    putOff: (marks, delayMs, reason) => {
      for (const entry of ownClaims(entries, marks)) {
        Object.assign(entry, { freeAt: clock.now() + delayMs, reason });
      }
    },
    park: (marks, reason) => {
      for (const entry of ownClaims(entries, marks)) {
        entries.remove(entry);
        entries.put({ ...entry, reason, parkedAt: clock.now() });
      }
    },
    parked: (limit) => parkedMarks(entries.all()).slice(0, limit),
    depth: () => depthOf(entries, clock.now()),
  };
}

function markKey(entries: Entries, { key, version, refresh }: Change, now: number): void {
  const before = entries.get(key);
  const revision = entries.nextRevision();
  if (before !== undefined) entries.remove(before);
  entries.put({
    place: before?.place ?? { key, enqueuedAt: now, order: revision },
    version: refresh ? Math.max(version, before?.version ?? 0) : version,
    revision,
    refresh: refresh || (before?.refresh ?? false),
    freeAt: now,
    attempts: 0,
    reason: '',
    parkedAt: undefined,
  });
}

interface Claim {
  readonly limit: number;
  readonly leaseMs: number;
  readonly now: number;
}

function claimEntries(entries: Entries, { limit, leaseMs, now }: Claim): readonly Mark[] {
  const claimed: Mark[] = [];
  for (const entry of entries.waiting()) {
    if (claimed.length >= limit) break;
    if (entry.freeAt > now) continue;
    claimed.push(toMark(entry, now));
    Object.assign(entry, { freeAt: now + leaseMs, attempts: entry.attempts + 1 });
  }
  return claimed;
}

function toMark({ place, version, revision, attempts, refresh }: Entry, now: number): Mark {
  return { key: place.key, version, revision: `${revision}`, attempts, refresh, claimedAt: new Date(now) };
}

function settleMark(entries: Entries, { key, revision, claimedAt }: Mark): void {
  const entry = entries.get(key);
  if (entry === undefined) return;
  entries.remove(entry);
  if (`${entry.revision}` === revision) return;
  const enqueuedAt = Math.max(entry.place.enqueuedAt, claimedAt.getTime());
  entries.put({ ...entry, place: { ...entry.place, enqueuedAt } });
}

// Each claim counts `attempts` up, so a later one has another number.
function ownClaims(entries: Entries, marks: readonly Mark[]): readonly Entry[] {
  return marks.flatMap(({ key, revision, attempts }) => {
    const entry = entries.get(key);
    if (entry === undefined || entry.parkedAt !== undefined) return [];
    return `${entry.revision}` === revision && entry.attempts === attempts + 1 ? [entry] : [];
  });
}

function parkedMarks(entries: readonly Entry[]): readonly ParkedMark[] {
  return entries
    .flatMap(({ place: { key }, version, attempts, reason, parkedAt }) =>
      parkedAt === undefined ? [] : [{ key, version, attempts, reason, parkedAt: new Date(parkedAt) }],
    )
    .sort((a, b) => compareText(a.key, b.key));
}

function depthOf(entries: Entries, now: number): OutboxDepth {
  const waiting = entries.waiting();
  const oldest = waiting[0]?.place.enqueuedAt ?? now;
  return {
    pending: waiting.length,
    parked: entries.size() - waiting.length,
    oldestAgeMs: Math.max(0, now - oldest),
  };
}
