import type { ClaimedPart, Job, JobCounts, JobPart, PartStep } from '../../../ports/migration-jobs.ts';
import type { Bucket } from './bucket.ts';

interface StoredPart {
  readonly part: JobPart;
  readonly cursor: string | undefined;
  readonly claim: string | undefined;
  /** When its lease ends, or when it was given back. Before all time for one that nobody had yet. */
  readonly freeAtMs: number;
  readonly isDone: boolean;
}

/** A job with what its workers share. `job` is replaced, never changed. */
export interface StoredJob {
  job: Job;
  /** By part id. */
  readonly parts: StoredPart[];
  bucket: Bucket | undefined;
}

interface Lease {
  readonly now: number;
  readonly leaseMs: number;
}

export function partsOf(parts: readonly JobPart[]): StoredPart[] {
  return parts.map((part) => ({
    part: structuredClone(part),
    cursor: undefined,
    claim: undefined,
    freeAtMs: Number.NEGATIVE_INFINITY,
    isDone: false,
  }));
}

export function claimPart(
  stored: StoredJob | undefined,
  { claim, now, leaseMs }: Lease & { readonly claim: string },
): ClaimedPart | undefined {
  if (stored?.job.state !== 'running') return undefined;
  const free = [...stored.parts.entries()].filter(([, { isDone, freeAtMs }]) => !isDone && freeAtMs <= now);
  const [first] = free.sort(([, a], [, b]) =>
    a.freeAtMs < b.freeAtMs ? -1 : Number(a.freeAtMs > b.freeAtMs),
  );
  if (first === undefined) return undefined;
  const [partId, found] = first;
  stored.parts[partId] = { ...found, claim, freeAtMs: now + leaseMs };
  return { jobId: stored.job.jobId, partId, part: structuredClone(found.part), cursor: found.cursor, claim };
}

export function advancePart(
  stored: StoredJob | undefined,
  claimed: ClaimedPart,
  step: PartStep,
  { now, leaseMs }: Lease,
): 'advanced' | 'lost' {
  const held = stored && heldPart(stored, claimed, now);
  if (stored?.job.state !== 'running' || held === undefined) return 'lost';
  stored.parts[claimed.partId] = {
    ...held,
    cursor: step.cursor ?? held.cursor,
    claim: step.finished ? undefined : held.claim,
    freeAtMs: now + leaseMs,
    isDone: step.finished,
  };
  stored.job = advanced(stored.job, step, new Date(now));
  return 'advanced';
}

export function releasePart(stored: StoredJob | undefined, claimed: ClaimedPart, now: number): void {
  const held = stored && heldPart(stored, claimed, now);
  if (stored === undefined || held === undefined) return;
  stored.parts[claimed.partId] = { ...held, claim: undefined, freeAtMs: now };
}

function heldPart({ parts }: StoredJob, { partId, claim }: ClaimedPart, now: number): StoredPart | undefined {
  const part = parts[partId];
  return part?.claim === claim && part.freeAtMs > now ? part : undefined;
}

function advanced(job: Job, step: PartStep, now: Date): Job {
  const parts = { ...job.parts, done: job.parts.done + Number(step.finished) };
  const isDone = parts.done === parts.total;
  return {
    ...job,
    done: job.done + step.done,
    counts: sum(job.counts, step.counts),
    parts,
    updatedAt: now,
    ...(isDone && { state: 'finished', finishedAt: now }),
  };
}

function sum(counts: JobCounts, more: JobCounts): JobCounts {
  const names = new Set([...Object.keys(counts), ...Object.keys(more)]);
  return Object.fromEntries(Array.from(names, (name) => [name, (counts[name] ?? 0) + (more[name] ?? 0)]));
}
