import type { CopyReads, CopyReadsOptions } from '../../../src/container/migration/copy-reads.ts';
import { createCopyReads } from '../../../src/container/migration/copy-reads.ts';
import type { ReadPhase } from '../../../src/domain/migration/read-rules.ts';
import type { Outbox } from '../../../src/ports/outbox.ts';
import type { Phase } from '../../../src/ports/phase-store.ts';
import type { FakeClock } from '../../support/fake-clock.ts';

/** Where reads come from, as an instance knows it. */
export const READ_PHASES = {
  off: inPhase('off', 0),
  'dual-write': inPhase('dual-write', 0),
  'read-fallback at 0 %': inPhase('read-fallback', 0),
  'read-fallback at 50 %': inPhase('read-fallback', 50),
  'read-fallback at 100 %': inPhase('read-fallback', 100),
  primary: inPhase('primary', 100),
} as const;
export type ReadPhaseName = keyof typeof READ_PHASES;

export function inPhase(phase: Phase, readPercent: number): ReadPhase {
  return { phase, readPercent, known: true };
}

interface ReadsParts {
  readonly phase: ReadPhase;
  readonly outbox: Pick<Outbox, 'parked'>;
  readonly clock: FakeClock;
}

/** Reads of one data set as the container makes them, in one phase. Nothing is compared beside them. */
export function readsIn<Value>(
  { phase, outbox, clock }: ReadsParts,
  options: CopyReadsOptions<Value>,
): CopyReads<Value> {
  return createCopyReads(
    {
      config: {
        migration: { copyReadTimeoutMs: 60_000, fallbackMaxConcurrent: 1000, shadowReadPercent: 0 },
      },
      phaseWatch: { current: () => ({ ...phase, epoch: 1, phaseEpoch: 1 }) },
      outbox,
      comparisons: { add: async () => undefined, report: async () => undefined },
      monotonicClock: clock,
      telemetry: { readCopy: () => undefined, comparedCopy: () => undefined },
    },
    options,
  );
}
