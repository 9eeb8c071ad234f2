import type { Tally } from '../../ports/comparisons.ts';
import type { Job } from '../../ports/migration-jobs.ts';
import type { OutboxDepth } from '../../ports/outbox.ts';
import type { Migrated, Phase, PhaseRecord } from '../../ports/phase-store.ts';
import { PHASES } from './phase-order.ts';
import { comparedOf, mismatchesOf } from './tallies.ts';
import type { MigrationBounds } from './thresholds.ts';

/** Where a migration is to go. */
export interface PhaseStep {
  readonly phase: Phase;
  readonly readPercent: number;
}

/** What a gate looks at. */
export interface GateFacts {
  readonly record: PhaseRecord;
  readonly depth: OutboxDepth;
  /** Comparisons since the last change of the record. */
  readonly tally: Tally;
  /** The last ones that finished, of this data set. */
  readonly backfill: Job | undefined;
  readonly verification: Job | undefined;
  readonly bounds: MigrationBounds;
  readonly nowMs: number;
}

/** What stands in the way of any migration of a data set without a copy. */
export function oneStore(dataSet: Migrated): string {
  return `truth and copy of ${dataSet} are one store here: configure another adapter for the copy first`;
}

/** Steps between two phases: 1 forwards, -1 backwards. */
export function distance(from: Phase, to: Phase): number {
  return PHASES.indexOf(to) - PHASES.indexOf(from);
}

/**
 * What still stands in the way of a step, as sentences that say what to do; none: it may be taken. A step back is always free. What
 * `dual-write` needs of the store itself is asked of the store, not here.
 */
export function blockersOf(step: PhaseStep, facts: GateFacts): readonly string[] {
  const { record } = facts;
  const steps = distance(record.phase, step.phase);
  if (steps > 1)
    return [
      `the next phase after ${record.phase} is ${PHASES[PHASES.indexOf(record.phase) + 1]}: go one step at a time`,
    ];
  if (steps < -1)
    return [
      `the phase before ${record.phase} is ${PHASES[PHASES.indexOf(record.phase) - 1]}: go back one step at a time`,
    ];
  if (steps === 1 && step.phase === 'read-fallback') return toReadFallback(facts);
  if (steps === 1 && step.phase === 'primary') return toPrimary(facts);
  if (steps === 0 && step.readPercent > record.readPercent) return toMoreReads(facts);
  return [];
}

function toReadFallback({ record, backfill, verification, depth, bounds }: GateFacts): readonly string[] {
  return [
    ...backfillFaults(record, backfill),
    ...verificationFaults(record, backfill, verification),
    ...outboxFaults(depth, bounds),
  ];
}

function backfillFaults({ marksSince }: PhaseRecord, backfill: Job | undefined): readonly string[] {
  if (backfill !== undefined && backfill.marksSince === marksSince) return [];
  return ['no backfill has finished since the writes are marked: run a backfill'];
}

function verificationFaults(
  { marksSince }: PhaseRecord,
  backfill: Job | undefined,
  verification: Job | undefined,
): readonly string[] {
  const begunAfter = backfill?.finishedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  if (verification?.marksSince !== marksSince || verification.createdAt.getTime() < begunAfter) {
    return ['no verification that began after the backfill has finished: run a verification'];
  }
  const wrong = Object.entries(verification.counts).filter(([name, count]) => name !== 'match' && count > 0);
  if (wrong.length === 0) return [];
  const found = wrong.map(([name, count]) => `${count} ${name}`).join(', ');
  return [`the last verification found ${found}: look at the differences, run a repair and verify again`];
}

function outboxFaults(
  { parked, oldestAgeMs }: OutboxDepth,
  { maxLagMs }: MigrationBounds,
): readonly string[] {
  const faults: string[] = [];
  if (parked > 0)
    faults.push(`${parked} keys are parked, since their copies can not be made: mend or rewrite them`);
  if (oldestAgeMs > maxLagMs) {
    faults.push(
      `the copies are ${Math.round(oldestAgeMs)} ms behind; at most ${maxLagMs} ms are allowed: wait, or look why the relay is slow`,
    );
  }
  return faults;
}

function comparisonFaults(tally: Tally): readonly string[] {
  const wrong = mismatchesOf(tally);
  return wrong === 0
    ? []
    : [
        `${wrong} of ${comparedOf(tally)} comparisons since the last change found a wrong copy: look at the differences`,
      ];
}

function toMoreReads({ tally, depth, bounds }: GateFacts): readonly string[] {
  return [...comparisonFaults(tally), ...outboxFaults(depth, bounds)];
}

function toPrimary({ record, tally, depth, bounds, nowMs }: GateFacts): readonly string[] {
  const faults: string[] = [];
  if (record.readPercent < 100)
    faults.push(`${record.readPercent} % of reads come from the copy: raise it to 100 first`);
  const heldMs = Math.max(0, nowMs - record.changedAt.getTime());
  if (record.readPercent === 100 && heldMs < bounds.soakMs) {
    faults.push(`100 % has been held for ${seconds(heldMs)} of ${seconds(bounds.soakMs)}: wait`);
  }
  const compared = comparedOf(tally);
  if (compared < bounds.minComparisons) {
    faults.push(
      `${compared} of ${bounds.minComparisons} comparisons have been made: wait for traffic, or raise SHADOW_READ_PERCENT`,
    );
  }
  return [...faults, ...comparisonFaults(tally), ...outboxFaults(depth, bounds)];
}

function seconds(milliseconds: number): string {
  return `${Math.floor(milliseconds / 1000)} s`;
}
