import type { PhaseChange, PhaseStore } from '../../../src/ports/phase-store.ts';

export interface PhaseStoreFixture {
  /** Nothing was ever changed in it. */
  readonly store: PhaseStore;
  /** Another instance's view of the same record; the very same object where there is only one instance. */
  readonly other: PhaseStore;
  /** Lets `ms` milliseconds pass for every instance that checked in. */
  readonly advance: (ms: number) => Promise<void>;
}

export type PhaseStoreSubject = () => Promise<PhaseStoreFixture>;

export function aChange(overrides: Partial<PhaseChange> = {}): PhaseChange {
  return { phase: 'dual-write', readPercent: 0, changedBy: 'ann', reason: 'tables are ready', ...overrides };
}
