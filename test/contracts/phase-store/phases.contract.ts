import { expect, test } from 'vitest';
import type { Phase } from '../../../src/ports/phase-store.ts';
import { aCall } from '../../support/call.ts';
import type { PhaseStoreSubject } from './fixture.ts';
import { aChange } from './fixture.ts';

/** Each change with the `phaseEpoch` and the `marksSince` that come of it. */
const STEPS: readonly (readonly [
  phase: Phase,
  readPercent: number,
  phaseEpoch: number,
  marksSince: number,
])[] = [
  ['off', 0, 0, 0],
  ['dual-write', 0, 2, 2],
  ['dual-write', 0, 2, 2],
  ['read-fallback', 10, 4, 2],
  ['read-fallback', 50, 4, 2],
  ['primary', 100, 6, 2],
  ['read-fallback', 100, 7, 2],
  ['off', 0, 8, 0],
  ['off', 0, 8, 0],
  ['read-fallback', 0, 10, 10],
  ['dual-write', 0, 11, 10],
];

/** Since when the present phase holds, and since when writes leave marks. */
export function phasesContract(subject: PhaseStoreSubject): void {
  test('a record that was never changed began with nothing and marks nothing', async () => {
    const { store } = await subject();
    expect(await store.read('search', aCall())).toMatchObject({ epoch: 0, phaseEpoch: 0, marksSince: 0 });
  });

  test('a phase begins with its epoch, a change of the share alone keeps it; marks begin when it leaves off', async () => {
    const { store, other } = await subject();
    for (const [epoch, [phase, readPercent, phaseEpoch, marksSince]] of STEPS.entries()) {
      const change = aChange({ phase, readPercent });
      const expected = { ...change, epoch: epoch + 1, phaseEpoch, marksSince };
      expect(await store.change('programs', epoch, change, aCall())).toMatchObject({ record: expected });
      expect(await other.read('programs', aCall())).toMatchObject(expected);
    }
    const history = await store.history('programs', 20, aCall());
    const told = history.map(({ phaseEpoch, marksSince }) => [phaseEpoch, marksSince]);
    expect(told.reverse()).toEqual(STEPS.map(([, , phaseEpoch, marksSince]) => [phaseEpoch, marksSince]));
  });

  test('the epochs of one data set say nothing of the other', async () => {
    const { store } = await subject();
    await store.change('programs', 0, aChange({ phase: 'off' }), aCall());
    await store.change('programs', 1, aChange(), aCall());
    await store.change('search', 0, aChange(), aCall());
    expect(await store.read('search', aCall())).toMatchObject({ epoch: 1, phaseEpoch: 1, marksSince: 1 });
  });
}
