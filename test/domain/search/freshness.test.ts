import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SourcedVersion } from '../../../src/domain/search/freshness.ts';
import { freshnessRank, isNewer } from '../../../src/domain/search/freshness.ts';

const aVersion: fc.Arbitrary<SourcedVersion> = fc.record({
  source: fc.constantFrom('program', 'document'),
  version: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 ** 40 - 1 })),
});

it('a rank is greater exactly when the version is newer', () => {
  fc.assert(
    fc.property(aVersion, aVersion, (a, b) => {
      expect(freshnessRank(a) > freshnessRank(b)).toBe(isNewer(a, b));
    }),
  );
});

it.each([
  [{ version: 1, source: 'document' }, 1],
  [{ version: 1, source: 'program' }, 1_099_511_627_777],
] as const)('the rank of %o is %i', (version, rank) => {
  expect(freshnessRank(version)).toBe(rank);
});
