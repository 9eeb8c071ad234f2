import { NEVER_CHANGED } from '../../domain/migration/phase-epochs.ts';
import type { MonotonicClock } from '../../ports/clock.ts';
import type { Epochs, Migrated, PhaseRecord, PhaseRecords } from '../../ports/phase-store.ts';
import { MIGRATED } from '../../ports/phase-store.ts';
import type { PhaseView } from './phase-view.ts';

export interface PhaseSnapshotsOptions {
  readonly clock: MonotonicClock;
  readonly leaseMs: number;
}

interface Snapshot {
  /** Both made once: views are taken with every read. */
  readonly known: PhaseView;
  readonly unknown: PhaseView;
  readonly validUntilMs: number;
}

export interface Applied {
  /** Data sets that another epoch is acted on of. */
  readonly changed: readonly Migrated[];
  /** `false`: the answer may not be acted on, see {@link createPhaseSnapshots}. */
  readonly isCounted: boolean;
}

/**
 * What was read last of each data set, and for how long it may be acted on: for a lease from the start of the read.
 *
 * An answer counts only when an earlier check-in still had its lease when it came. Then those who change the phase saw this
 * instance from before the answer was made until after it came, and waited for it. The first check-in, and one after too long a
 * silence, only makes it seen: while it was under way the record could go on by any number of steps.
 */
export function createPhaseSnapshots({ clock, leaseMs }: PhaseSnapshotsOptions) {
  const snapshots = {
    programs: snapshotOf(NEVER_CHANGED, Number.NEGATIVE_INFINITY),
    search: snapshotOf(NEVER_CHANGED, Number.NEGATIVE_INFINITY),
  };
  let seenUntilMs = Number.NEGATIVE_INFINITY;

  const apply = (dataSet: Migrated, record: PhaseRecord, validUntilMs: number): boolean => {
    const held = snapshots[dataSet];
    // Answers can come out of order: the higher epoch is the newer record, whichever came last.
    if (record.epoch < held.known.epoch) return false;
    snapshots[dataSet] = snapshotOf(record, Math.max(validUntilMs, held.validUntilMs));
    return record.epoch > held.known.epoch;
  };

  return {
    current(dataSet: Migrated): PhaseView {
      const { known, unknown, validUntilMs } = snapshots[dataSet];
      return clock.elapsedMs() < validUntilMs ? known : unknown;
    },
    epochs: (): Epochs => ({
      programs: snapshots.programs.known.epoch,
      search: snapshots.search.known.epoch,
    }),
    /** Before a check-in; what it gives takes the answer. */
    begin() {
      const validUntilMs = clock.elapsedMs() + leaseMs;
      const wasSeenUntilMs = seenUntilMs;
      return (records: PhaseRecords): Applied => {
        seenUntilMs = Math.max(seenUntilMs, validUntilMs);
        const isCounted = clock.elapsedMs() < wasSeenUntilMs;
        if (!isCounted) return { changed: [], isCounted };
        const changed = MIGRATED.filter((dataSet) => apply(dataSet, records[dataSet], validUntilMs));
        return { changed, isCounted };
      };
    },
    /** Nothing is known any more. */
    forget(): void {
      for (const dataSet of MIGRATED) {
        snapshots[dataSet] = { ...snapshots[dataSet], validUntilMs: Number.NEGATIVE_INFINITY };
      }
    },
  };
}

function snapshotOf(record: PhaseRecord, validUntilMs: number): Snapshot {
  const { phase, readPercent, epoch, phaseEpoch } = record;
  const view = { phase, readPercent, epoch, phaseEpoch };
  return {
    known: Object.freeze({ ...view, known: true }),
    unknown: Object.freeze({ ...view, known: false }),
    validUntilMs,
  };
}
