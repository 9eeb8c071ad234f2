import type { Phase } from '../../ports/phase-store.ts';

/** What an instance acts on. */
export interface PhaseView {
  /** While not `known`, the last phase that was; the other fields likewise. */
  readonly phase: Phase;
  readonly readPercent: number;
  readonly epoch: number;
  readonly phaseEpoch: number;
  /** `false`: this is too old to act on, or was never read. Whoever reads takes the catalogue then. */
  readonly known: boolean;
}
