import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/domain/migration/compare.ts';
import { compareCopy } from '../../../src/domain/migration/compare.ts';
import type { CopyRead, TruthState } from '../../../src/domain/migration/copied-set.ts';

type Value = { readonly title: string; readonly isNeeded?: boolean };

const SET = {
  mustHave: ({ isNeeded = true }: Value) => isNeeded,
  differences: (truth: Value, copy: Value) => (truth.title === copy.title ? [] : ['/title']),
};
const there = (version: number, title = 'a'): TruthState<Value> => ({ key: 'k', version, value: { title } });
const gone = (version: number): TruthState<Value> => ({ key: 'k', version, value: undefined });
const unneeded: TruthState<Value> = { key: 'k', version: 3, value: { title: 'a', isNeeded: false } };
const hit = (version: number, title = 'a'): CopyRead<Value> => ({
  outcome: 'hit',
  version,
  value: { title },
});
const tombstone = (version: number): CopyRead<Value> => ({ outcome: 'tombstone', version });

describe('a comparison', () => {
  it.each<
    [string, TruthState<Value> | undefined, CopyRead<Value>, Comparison['class'], Partial<Comparison>?]
  >([
    ['the same version and value', there(3), hit(3), 'match', { truthVersion: 3, copyVersion: 3 }],
    ['deleted on both sides', gone(3), tombstone(3), 'match'],
    ['nothing on both sides', undefined, { outcome: 'miss' }, 'match', { truthVersion: null }],
    ['deleted, and no copy', gone(3), { outcome: 'miss' }, 'match'],
    ['deleted, and a copy that has expired', gone(3), { outcome: 'expired' }, 'match'],
    ['a tombstone of what never was', undefined, tombstone(3), 'match', { copyVersion: 3 }],
    ['a value that need not be copied', unneeded, { outcome: 'miss' }, 'match'],
    ['no copy', there(3), { outcome: 'miss' }, 'new-missing', { copyVersion: null }],
    ['a copy that has expired', there(3), { outcome: 'expired' }, 'new-missing'],
    ['a copy of what never was', undefined, hit(3), 'old-missing', { truthVersion: null }],
    ['an older copy', there(3), hit(2), 'new-older'],
    ['a copy of what is deleted', gone(3), hit(2), 'new-older'],
    ['a tombstone of what was written again', there(3), tombstone(2), 'new-older'],
    ['an older copy of a value that need not be copied', unneeded, hit(2), 'new-older'],
    ['a newer copy', there(3), hit(4), 'new-newer'],
    ['a newer tombstone', there(3), tombstone(4), 'new-newer'],
    ['another value', there(3), hit(3, 'b'), 'same-version-different', { paths: ['/title'] }],
    ['a tombstone of this very version', there(3), tombstone(3), 'same-version-different', { paths: [''] }],
    ['a value at the version of the delete', gone(3), hit(3), 'same-version-different', { paths: [''] }],
    ['a copy that can not be read', there(3), { outcome: 'undecodable', version: 3 }, 'undecodable'],
    [
      'what can not be read of what never was',
      undefined,
      { outcome: 'undecodable', version: undefined },
      'undecodable',
      { copyVersion: null },
    ],
  ])('of %s', (_name, truth, copy, expected, more = {}) => {
    const comparison = compareCopy(SET, 'k', truth, copy);
    expect(comparison).toMatchObject({ key: 'k', class: expected, ...more });
    if (expected !== 'same-version-different') expect(comparison.paths).toEqual([]);
  });
});
