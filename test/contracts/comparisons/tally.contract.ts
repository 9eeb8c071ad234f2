import { expect, test } from 'vitest';
import type { Call } from '../../../src/ports/call.ts';
import type { Comparisons } from '../../../src/ports/comparisons.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { ComparisonsSubject } from './fixture.ts';
import { aDifference, all } from './fixture.ts';

const CALLS: Readonly<Record<string, (comparisons: Comparisons, call: Call) => Promise<unknown>>> = {
  add: (comparisons, call) => comparisons.add('programs', 1, { match: 1 }, call),
  tally: (comparisons, call) => comparisons.tally('programs', 1, call),
  report: (comparisons, call) => comparisons.report('programs', [aDifference()], call),
  differences: (comparisons, call) => comparisons.differences('programs', {}, 10, call),
  forget: (comparisons, call) => comparisons.forget('programs', undefined, call),
};

/** How many comparisons ended how. */
export function tallyContract(subject: ComparisonsSubject): void {
  test('is empty at first, and has only what happened', async () => {
    const { comparisons, other } = await subject();
    expect(await comparisons.tally('programs', 3, aCall())).toEqual({});
    await comparisons.add('programs', 3, {}, aCall());
    await comparisons.add('programs', 3, { match: 5, 'new-missing': 0 }, aCall());
    expect(await other.tally('programs', 3, aCall())).toEqual({ match: 5 });
  });

  test('adds up, apart by epoch and by data set', async () => {
    const { comparisons } = await subject();
    await comparisons.add('programs', 3, { match: 5, error: 1 }, aCall());
    await comparisons.add('programs', 3, { match: 2 ** 40, undecodable: 2 }, aCall());
    await comparisons.add('programs', 4, { match: 1 }, aCall());
    await comparisons.add('search', 3, { 'same-version-different': 9 }, aCall());
    expect(await comparisons.tally('programs', 3, aCall())).toEqual({
      match: 2 ** 40 + 5,
      error: 1,
      undecodable: 2,
    });
    expect(await comparisons.tally('programs', 4, aCall())).toEqual({ match: 1 });
    expect(await comparisons.tally('search', 3, aCall())).toEqual({ 'same-version-different': 9 });
  });

  test('loses nothing of 100 callers on two instances, whatever the order of their classes', async () => {
    const { comparisons, other } = await subject();
    const tallies = [
      { match: 1, error: 2, 'new-older': 3 },
      { 'new-older': 3, error: 2, match: 1 },
    ];
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 ? comparisons : other).add('programs', 0, tallies[index % 2] ?? {}, aCall()),
      ),
    );
    expect(await comparisons.tally('programs', 0, aCall())).toEqual({
      match: 100,
      error: 200,
      'new-older': 300,
    });
  });

  test.each(Object.keys(CALLS))('%s that nobody waits for rejects with its reason', async (name) => {
    const { comparisons } = await subject();
    await comparisons.report('programs', [aDifference({ key: 'kept' })], aCall());
    const before = await all(comparisons);
    const gone = anAbortedCall();
    await expect(CALLS[name]?.(comparisons, gone)).rejects.toBe(gone.reason);
    expect(await all(comparisons)).toEqual(before);
    expect(await comparisons.tally('programs', 1, aCall())).toEqual({});
  });
}
