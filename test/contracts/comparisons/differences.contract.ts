import { expect, test } from 'vitest';
import { DIFFERENCE_CLASSES } from '../../../src/ports/comparisons.ts';
import { aCall } from '../../support/call.ts';
import type { ComparisonsSubject } from './fixture.ts';
import { aDifference, all } from './fixture.ts';

/** In the order of the port: NUL before U+0001, and what is beyond U+FFFF last. */
const HOSTILE = ['', '\0', '\u0001', '\u00010000', "'; --", 'a"\\%_', 'ü', '\u009f', '\ue000', '😀'];
const BY_CODE_POINT = ['', '\0', '\u0001', '\u00010000', "'; --", 'a"\\%_', '\u009f', 'ü', '\ue000', '😀'];

/** What was found to differ. */
export function differencesContract(subject: ComparisonsSubject): void {
  test('a difference is kept with all its fields, for every instance', async () => {
    const { comparisons, other } = await subject();
    const found = [
      aDifference(),
      aDifference({ key: 'p-2', class: 'new-missing', copyVersion: null, paths: [] }),
      aDifference({ key: 'p-3', class: 'old-missing', truthVersion: null, foundBy: 'job-1' }),
    ];
    await comparisons.report('programs', [], aCall());
    await comparisons.report('programs', found, aCall());
    const kept = await all(other);
    const seen = { firstSeen: expect.any(Date), lastSeen: expect.any(Date), times: 1 };
    expect(kept).toEqual(found.map((each) => ({ ...each, ...seen })));
    for (const { firstSeen, lastSeen } of kept) expect(firstSeen).toEqual(lastSeen);
  });

  test('a repeat is counted and takes the place of what it repeats', async () => {
    const { comparisons, other, passTime } = await subject();
    await comparisons.report('programs', [aDifference()], aCall());
    await passTime(60_000);
    const repeat = aDifference({ truthVersion: 9, copyVersion: null, paths: ['/tags'] });
    await other.report('programs', [repeat], aCall());
    const [kept, ...more] = await all(comparisons);
    expect(more).toEqual([]);
    expect(kept).toMatchObject({ ...repeat, times: 2 });
    expect(Number(kept?.lastSeen) - Number(kept?.firstSeen)).toBeGreaterThanOrEqual(60_000);
  });

  test('repeats in one report are counted, and the last one stays', async () => {
    const { comparisons } = await subject();
    const found = [1, 2, 3].map((copyVersion) => aDifference({ copyVersion }));
    await comparisons.report('programs', found, aCall());
    await comparisons.report('programs', found.slice(0, 2), aCall());
    expect(await all(comparisons)).toMatchObject([{ key: 'p-1', copyVersion: 2, times: 5 }]);
  });

  test('another class, finder or data set is another difference', async () => {
    const { comparisons } = await subject();
    const found = [
      aDifference({ class: 'error' }),
      aDifference({ foundBy: 'job-1' }),
      aDifference({ foundBy: 'shadow' }),
    ];
    await comparisons.report('programs', found, aCall());
    await comparisons.report('search', found.slice(0, 1), aCall());
    expect((await all(comparisons)).map(({ times }) => times)).toEqual([1, 1, 1]);
    expect(await all(comparisons, 'search')).toMatchObject([{ class: 'error', times: 1 }]);
  });

  test('the last seen come first, ties by key, up to the limit, of those asked for', async () => {
    const { comparisons, passTime } = await subject();
    const found = (...keys: readonly string[]) => keys.map((key) => aDifference({ key }));
    await comparisons.report('programs', found('a', 'z'), aCall());
    await passTime(1_000);
    const ofJob = aDifference({ key: 'b', class: 'new-missing', foundBy: 'job-1' });
    await comparisons.report('programs', [...found('y', 'c', 'x'), ofJob], aCall());
    await passTime(1_000);
    await comparisons.report('programs', found('z'), aCall());
    const keys = async (filter: Parameters<typeof comparisons.differences>[1], limit = 10) =>
      (await comparisons.differences('programs', filter, limit, aCall())).map(({ key }) => key).join('');
    expect(await keys({})).toBe('zbcxya');
    expect(await keys({}, 3)).toBe('zbc');
    expect(await keys({ class: 'new-older' })).toBe('zcxya');
    expect(await keys({ foundBy: 'job-1' })).toBe('b');
    expect(await keys({ class: 'new-older', foundBy: 'job-1' })).toBe('');
    expect(await keys({ foundBy: '\0' })).toBe('');
  });

  test('keys, finders and paths may be any text', async () => {
    const { comparisons } = await subject();
    const found = HOSTILE.map((text) => aDifference({ key: text, foundBy: text, paths: [`/${text}`] }));
    await comparisons.report('programs', found, aCall());
    const kept = await all(comparisons);
    expect(kept.map(({ key }) => key)).toEqual(BY_CODE_POINT);
    for (const { key, foundBy, paths } of kept)
      expect({ foundBy, paths }).toEqual({ foundBy: key, paths: [`/${key}`] });
    await comparisons.forget('programs', '\0', aCall());
    expect((await all(comparisons)).map(({ key }) => key)).toEqual(
      BY_CODE_POINT.filter((key) => key !== '\0'),
    );
  });

  test('lone surrogates are told apart', async () => {
    const { comparisons } = await subject();
    const found = ['\ud800', '\ud801', '\udc00', '\udc00\ud800', '\ufffd'].map((key) =>
      aDifference({ key, paths: [`/${key}`] }),
    );
    await comparisons.report('programs', found, aCall());
    const kept = (await all(comparisons)).map(({ key, paths }) => ({ key, paths }));
    expect(kept).toHaveLength(found.length);
    expect(kept).toEqual(expect.arrayContaining(found.map(({ key, paths }) => ({ key, paths }))));
  });

  test('those of one finder are forgotten, or all of a data set; the tally stays', async () => {
    const { comparisons } = await subject();
    const found = DIFFERENCE_CLASSES.flatMap((kind) =>
      ['shadow', 'job-1'].map((foundBy) => aDifference({ class: kind, foundBy })),
    );
    for (const dataSet of ['programs', 'search'] as const) {
      await comparisons.report(dataSet, found, aCall());
      await comparisons.add(dataSet, 1, { match: 4 }, aCall());
    }
    await comparisons.forget('programs', 'job-1', aCall());
    const left = await all(comparisons);
    expect(left.map(({ foundBy }) => foundBy)).toEqual(DIFFERENCE_CLASSES.map(() => 'shadow'));
    await comparisons.forget('programs', undefined, aCall());
    await comparisons.forget('programs', 'nobody', aCall());
    expect(await all(comparisons)).toEqual([]);
    expect(await all(comparisons, 'search')).toHaveLength(found.length);
    expect(await comparisons.tally('programs', 1, aCall())).toEqual({ match: 4 });
  });
}
