import type { PhaseChange, PhaseRecord } from '../../ports/phase-store.ts';

/** The record of a data set before its first change. */
export const NEVER_CHANGED: PhaseRecord = {
  phase: 'off',
  readPercent: 0,
  epoch: 0,
  phaseEpoch: 0,
  marksSince: 0,
  changedAt: new Date(0),
  changedBy: 'nobody',
  reason: 'never changed',
};

/** The epochs of the record that a change makes of the one before it. */
export function epochsAfter(
  before: PhaseRecord,
  { phase }: Pick<PhaseChange, 'phase'>,
): Pick<PhaseRecord, 'epoch' | 'phaseEpoch' | 'marksSince'> {
  const epoch = before.epoch + 1;
  return {
    epoch,
    phaseEpoch: phase === before.phase ? before.phaseEpoch : epoch,
    marksSince: phase === 'off' ? 0 : before.marksSince || epoch,
  };
}
