import { expect, it } from 'vitest';
import { findFault } from '../../../src/domain/migration/watchdog.ts';

const BOUNDS = { maxLagMs: 5000, soakMs: 0, minComparisons: 0, copyReadTimeoutMs: 150 };
const health = { reads: 0, errorRate: 0, p99Ms: 0, missed: 0 };
const depth = { pending: 0, parked: 0, oldestAgeMs: 0 };

it('finds nothing wrong in a quiet migration, and no share of reads safe when copies differ at one version', () => {
  expect(findFault({ tally: { match: 10 }, depth, health }, BOUNDS)).toBeUndefined();
  expect(findFault({ tally: { 'same-version-different': 1 }, depth, health }, BOUNDS)).toEqual({
    severe: true,
    reason: '1 copies differ from the catalogue at the same version',
  });
});
