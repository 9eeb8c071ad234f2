import { expect, test } from 'vitest';
import type { DifferenceClass } from '../../../src/ports/comparisons.ts';
import { DIFFERENCES_KEPT, PATHS_KEPT } from '../../../src/ports/comparisons.ts';
import { aCall } from '../../support/call.ts';
import type { ComparisonsSubject } from './fixture.ts';
import { aDifference, all } from './fixture.ts';

function someDifferences(prefix: string, count: number, kind: DifferenceClass = 'new-older') {
  return Array.from({ length: count }, (_, index) =>
    aDifference({ key: `${prefix}${`${index}`.padStart(5, '0')}`, class: kind, paths: [] }),
  );
}

/** The report is bounded, whatever goes wrong. */
export function capsContract(subject: ComparisonsSubject): void {
  test('of a class the longest unseen go first, and a repeat is seen', async () => {
    const { comparisons, passTime } = await subject();
    await comparisons.report('programs', someDifferences('old', 10), aCall());
    await passTime(1_000);
    await comparisons.report('programs', someDifferences('new', DIFFERENCES_KEPT - 10), aCall());
    expect(await all(comparisons)).toHaveLength(DIFFERENCES_KEPT);
    await passTime(1_000);
    await comparisons.report('programs', someDifferences('old', 4), aCall());
    await comparisons.report('programs', someDifferences('late', 5), aCall());
    const kept = await all(comparisons);
    expect(kept).toHaveLength(DIFFERENCES_KEPT);
    const old = kept.map(({ key }) => key).filter((key) => key.startsWith('old'));
    expect(old).toEqual(['old00000', 'old00001', 'old00002', 'old00003', 'old00004']);
  });

  test('other classes and data sets have their own room', async () => {
    const { comparisons } = await subject();
    await comparisons.report('programs', [aDifference({ class: 'error' })], aCall());
    await comparisons.report('search', [aDifference()], aCall());
    const many = [...someDifferences('a', 1_200), ...someDifferences('b', 1_100, 'new-missing')];
    await comparisons.report('programs', many, aCall());
    const of = async (kind: DifferenceClass) =>
      (await comparisons.differences('programs', { class: kind }, 5_000, aCall())).map(({ key }) => key);
    const first = (prefix: string) => someDifferences(prefix, DIFFERENCES_KEPT).map(({ key }) => key);
    expect(await of('new-older')).toEqual(first('a'));
    expect(await of('new-missing')).toEqual(first('b'));
    expect(await of('error')).toEqual(['p-1']);
    expect(await all(comparisons, 'search')).toHaveLength(1);
  });

  test('twenty reporters at once, on two instances, with keys in common, stay within it', async () => {
    const { comparisons, other } = await subject();
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const found = [...someDifferences('!same', 50), ...someDifferences(`${index}-`, 100)];
        if (index % 2) found.reverse();
        await (index % 2 ? comparisons : other).report('programs', found, aCall());
        if (index === 7) await other.forget('programs', 'job-1', aCall());
      }),
    );
    const kept = await all(comparisons);
    expect(kept).toHaveLength(DIFFERENCES_KEPT);
    const same = kept.filter(({ key }) => key.startsWith('!same'));
    expect(same.map(({ times }) => times)).toEqual(Array.from({ length: 50 }, () => 20));
  });

  test('paths are cut off', async () => {
    const { comparisons } = await subject();
    const paths = Array.from({ length: PATHS_KEPT + 5 }, (_, index) => `/${index}`);
    await comparisons.report('programs', [aDifference({ paths })], aCall());
    expect((await all(comparisons))[0]?.paths).toEqual(paths.slice(0, PATHS_KEPT));
  });
}
