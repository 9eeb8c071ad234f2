import { describe, expect, it } from 'vitest';
import type { GateFacts, PhaseStep } from '../../../src/domain/migration/gates.ts';
import { blockersOf } from '../../../src/domain/migration/gates.ts';
import { NEVER_CHANGED } from '../../../src/domain/migration/phase-epochs.ts';
import type { Job } from '../../../src/ports/migration-jobs.ts';
import type { Phase } from '../../../src/ports/phase-store.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;
const MARKED = 3;

function aJob(kind: Job['kind'], startedMs: number, changes: Partial<Job> = {}): Job {
  return {
    jobId: kind,
    dataSet: 'programs',
    kind,
    settings: { ratePerSecond: null, concurrency: 1 },
    startedBy: 'test',
    marksSince: MARKED,
    total: 10,
    state: 'finished',
    createdAt: new Date(startedMs),
    updatedAt: new Date(startedMs + MINUTE),
    finishedAt: new Date(startedMs + MINUTE),
    done: 10,
    counts: { match: 10 },
    parts: { total: 1, done: 1 },
    reason: null,
    ...changes,
  };
}

/** Everything is as it should be. */
function facts(phase: Phase, changes: Partial<GateFacts> = {}): GateFacts {
  const readPercent = phase === 'read-fallback' ? 100 : 0;
  return {
    record: {
      ...NEVER_CHANGED,
      phase,
      readPercent,
      marksSince: MARKED,
      changedAt: new Date(NOW - 10 * MINUTE),
    },
    depth: { pending: 0, parked: 0, oldestAgeMs: 0 },
    tally: { match: 1000 },
    backfill: aJob('backfill', NOW - 8 * MINUTE),
    verification: aJob('verify', NOW - 6 * MINUTE),
    bounds: { maxLagMs: 5000, soakMs: 10 * MINUTE, minComparisons: 1000, copyReadTimeoutMs: 50 },
    nowMs: NOW,
    ...changes,
  };
}

const to = (phase: Phase, readPercent = phase === 'primary' ? 100 : 0): PhaseStep => ({ phase, readPercent });
const FALLBACK = to('read-fallback');
const behind = { depth: { pending: 9, parked: 0, oldestAgeMs: 5001 } };
const parked = { depth: { pending: 0, parked: 2, oldestAgeMs: 0 } };
const wrong = { tally: { match: 1998, 'new-older': 2, error: 7 } };

function expectBlockers(step: PhaseStep, given: GateFacts, expected: readonly RegExp[]): void {
  const blockers = blockersOf(step, given);
  expect(blockers).toHaveLength(expected.length);
  for (const [at, pattern] of expected.entries()) expect(blockers[at]).toMatch(pattern);
}

describe('a step', () => {
  it.each([
    ['off', to('dual-write')],
    ['dual-write', FALLBACK],
    ['read-fallback', to('primary')],
    ['dual-write', to('off')],
    ['read-fallback', to('dual-write')],
    ['primary', to('read-fallback', 100)],
  ] as const)('from %s to %o is free when all is well', (phase, step) => {
    expect(blockersOf(step, facts(phase))).toEqual([]);
  });

  it.each([
    ['off', FALLBACK, /after off is dual-write/],
    ['off', to('primary'), /after off is dual-write/],
    ['dual-write', to('primary'), /after dual-write is read-fallback/],
    ['primary', to('dual-write'), /before primary is read-fallback/],
    ['read-fallback', to('off'), /before read-fallback is dual-write/],
  ] as const)('from %s to %o is too long', (phase, step, blocker) => {
    expectBlockers(step, facts(phase), [blocker]);
  });

  it('back is free whatever is wrong', () => {
    const bad = { ...behind, ...wrong, backfill: undefined, verification: undefined };
    for (const [phase, step] of [
      ['primary', to('read-fallback', 100)],
      ['read-fallback', to('read-fallback', 10)],
      ['read-fallback', to('dual-write')],
      ['dual-write', to('off')],
    ] as const)
      expect(blockersOf(step, facts(phase, bad))).toEqual([]);
  });
});

describe('to read-fallback', () => {
  it.each<[string, Partial<GateFacts>, readonly RegExp[]]>([
    ['no backfill', { backfill: undefined }, [/no backfill/, /no verification/]],
    [
      'a backfill from before the writes were marked',
      { backfill: aJob('backfill', NOW - 8 * MINUTE, { marksSince: MARKED - 1 }) },
      [/no backfill/],
    ],
    ['no verification', { verification: undefined }, [/no verification/]],
    [
      'a verification from before the writes were marked',
      { verification: aJob('verify', NOW - 6 * MINUTE, { marksSince: 1 }) },
      [/no verification/],
    ],
    [
      'a verification that began before the backfill ended',
      { verification: aJob('verify', NOW - 7 * MINUTE - 1) },
      [/no verification that began after the backfill/],
    ],
    [
      'a verification that found something',
      { verification: aJob('verify', NOW - 6 * MINUTE, { counts: { match: 9, 'new-missing': 1 } }) },
      [/found 1 new-missing/],
    ],
    ['parked keys', parked, [/2 keys are parked/]],
    ['copies that are behind', behind, [/5001 ms behind/]],
  ])('asks for more than %s', (_name, changes, blockers) => {
    expectBlockers(FALLBACK, facts('dual-write', changes), blockers);
  });
});

describe('to more reads', () => {
  const some = (changes: Partial<GateFacts> = {}): GateFacts => {
    const given = facts('read-fallback', changes);
    return { ...given, record: { ...given.record, readPercent: 10 } };
  };

  it('is free when all is well, without a soak or many comparisons', () => {
    expect(blockersOf(to('read-fallback', 50), some({ tally: {}, nowMs: NOW - 10 * MINUTE }))).toEqual([]);
  });

  it.each([
    ['wrong copies', wrong, /2 of 2000 comparisons/],
    ['parked keys', parked, /2 keys are parked/],
    ['copies that are behind', behind, /5001 ms behind/],
  ] as const)('is refused for %s', (_name, changes, blocker) => {
    expectBlockers(to('read-fallback', 50), some(changes), [blocker]);
  });
});

describe('to primary', () => {
  it.each<[string, Partial<GateFacts>, readonly RegExp[]]>([
    [
      'too few comparisons, those that failed not counted',
      { tally: { match: 999, error: 5 } },
      [/999 of 1000/],
    ],
    ['wrong copies', wrong, [/2 of 2000 comparisons/]],
    ['a short soak', { nowMs: NOW - 1 }, [/held for 599 s of 600 s/]],
    ['a clock that was set back', { nowMs: NOW - 60 * MINUTE }, [/held for 0 s/]],
    ['parked keys', parked, [/2 keys are parked/]],
    ['copies that are behind', behind, [/5001 ms behind/]],
  ])('is refused for %s', (_name, changes, blockers) => {
    expectBlockers(to('primary'), facts('read-fallback', changes), blockers);
  });

  it('is refused while less than all is read from the copy', () => {
    const given = facts('read-fallback');
    const half = { ...given, record: { ...given.record, readPercent: 50 } };
    expectBlockers(to('primary'), half, [/50 % of reads/]);
  });
});
