import { expect, it } from 'vitest';
import { epochsAfter, NEVER_CHANGED } from '../../../src/domain/migration/phase-epochs.ts';

it.each([
  ['off', 0, 0, 'off', { epoch: 6, phaseEpoch: 0, marksSince: 0 }],
  ['off', 4, 0, 'dual-write', { epoch: 6, phaseEpoch: 6, marksSince: 6 }],
  ['dual-write', 4, 4, 'dual-write', { epoch: 6, phaseEpoch: 4, marksSince: 4 }],
  ['dual-write', 4, 2, 'read-fallback', { epoch: 6, phaseEpoch: 6, marksSince: 2 }],
  ['primary', 4, 2, 'off', { epoch: 6, phaseEpoch: 6, marksSince: 0 }],
] as const)(
  '%s since %i, marking since %i, changed to %s',
  (before, phaseEpoch, marksSince, phase, expected) => {
    const record = { ...NEVER_CHANGED, phase: before, epoch: 5, phaseEpoch, marksSince };
    expect(epochsAfter(record, { phase })).toEqual(expected);
  },
);
