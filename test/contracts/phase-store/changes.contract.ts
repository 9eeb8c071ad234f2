import { expect, test } from 'vitest';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { PhaseStoreSubject } from './fixture.ts';
import { aChange } from './fixture.ts';

/** Compare-and-set on the epoch, and a history of every change. */
export function changesContract(subject: PhaseStoreSubject): void {
  test('a record that was never changed is off, at epoch 0, without history', async () => {
    const { store } = await subject();
    expect(await store.read('programs', aCall())).toMatchObject({ phase: 'off', readPercent: 0, epoch: 0 });
    expect(await store.history('programs', 10, aCall())).toEqual([]);
  });

  test('a change is what every later read sees, anywhere, with all its fields', async () => {
    const { store, other } = await subject();
    const change = aChange({ phase: 'read-fallback', readPercent: 100, reason: 'ü "quoted" \\ %' });
    const changed = await store.change('programs', 0, change, aCall());
    expect(changed).toMatchObject({ outcome: 'changed', record: { ...change, epoch: 1 } });
    expect(await other.read('programs', aCall())).toEqual(changed.record);
  });

  test('data sets are apart', async () => {
    const { store } = await subject();
    await store.change('programs', 0, aChange(), aCall());
    expect(await store.read('search', aCall())).toMatchObject({ phase: 'off', epoch: 0 });
  });

  test.each([0, 2, 7])(
    'a change at epoch %i of a record at epoch 1 is a conflict and changes nothing',
    async (epoch) => {
      const { store } = await subject();
      const { record } = await store.change('programs', 0, aChange(), aCall());
      const late = aChange({ phase: 'primary' });
      expect(await store.change('programs', epoch, late, aCall())).toEqual({ outcome: 'conflict', record });
      expect(await store.read('programs', aCall())).toEqual(record);
    },
  );

  test('of 200 callers at one epoch, on two instances, exactly one succeeds', async () => {
    const { store, other } = await subject();
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? store : other).change('programs', 0, aChange({ changedBy: `${index}` }), aCall()),
      ),
    );
    const changed = outcomes.filter(({ outcome }) => outcome === 'changed');
    expect(changed).toHaveLength(1);
    expect(await store.read('programs', aCall())).toEqual(changed[0]?.record);
  });

  test('the history has every change, newest first, up to the limit', async () => {
    const { store } = await subject();
    for (let epoch = 0; epoch < 5; epoch += 1) {
      await store.change('programs', epoch, aChange({ reason: `step ${epoch}` }), aCall());
    }
    const history = await store.history('programs', 3, aCall());
    expect(history.map(({ epoch, reason }) => [epoch, reason])).toEqual([
      [5, 'step 4'],
      [4, 'step 3'],
      [3, 'step 2'],
    ]);
  });

  test('a call that nobody waits for rejects with its reason', async () => {
    const { store } = await subject();
    const gone = anAbortedCall();
    await expect(store.read('programs', gone)).rejects.toBe(gone.reason);
    await expect(store.change('programs', 0, aChange(), gone)).rejects.toBe(gone.reason);
    expect(await store.read('programs', aCall())).toMatchObject({ epoch: 0 });
  });
}
