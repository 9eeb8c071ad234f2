import { describe, expect, test } from 'vitest';
import { takeUnits } from '../../../src/domain/limits/algorithm.ts';
import { tokenBucket } from '../../../src/domain/limits/token-bucket.ts';

const at = (steadyMs: number) => ({ steadyMs, wallMs: 0 });

describe('token bucket', () => {
  test('refills evenly, a seventh of a unit at a time without loss', () => {
    const policy = { algorithm: 'token-bucket', limit: 1, windowMs: 7 } as const;
    let state = tokenBucket.spend(undefined, policy, 1, at(0));
    for (let round = 1; round <= 1000; round += 1) {
      expect(tokenBucket.look(state, policy, 1, at(7 * round - 1)).allowed).toBe(false);
      state = tokenBucket.spend(state, policy, 1, at(7 * round));
    }
    expect(state).toMatchObject({ missing: 7, atMs: 7000 });
  });

  test('three in a second come back after 334, 667 and 1000 ms', () => {
    const policy = { algorithm: 'token-bucket', limit: 3, windowMs: 1000 } as const;
    const state = tokenBucket.spend(undefined, policy, 3, at(0));
    const waits = [1, 2, 3].map((cost) => tokenBucket.look(state, policy, cost, at(0)).retryAfterMs);
    expect(waits).toEqual([334, 667, 1000]);
  });

  test('is exact where a double is not: the largest limit over the longest window', () => {
    const policy = { algorithm: 'token-bucket', limit: 1_000_000_000, windowMs: 31 * 86_400_000 } as const;
    const { decision, next } = takeUnits(tokenBucket, undefined, policy, 999_999_999, at(0));
    expect(decision).toEqual({ allowed: true, remaining: 1, retryAfterMs: 0, resetAfterMs: 2_678_399_998 });
    // 10^9 units in 2,678,400,000 ms: one each 2.6784 ms.
    expect(tokenBucket.look(next, policy, 2, at(0)).retryAfterMs).toBe(3);
    expect(tokenBucket.look(next, policy, 1, at(3)).remaining).toBe(2);
  });

  test('what was taken under one limit comes back at its rate until more is taken', () => {
    const policy = { algorithm: 'token-bucket', limit: 100, windowMs: 1000 } as const;
    const state = tokenBucket.spend(undefined, policy, 100, at(0));
    const lower = { ...policy, limit: 10 };
    expect(tokenBucket.look(state, lower, 1, at(0)).retryAfterMs).toBe(910);
    const again = tokenBucket.spend(state, lower, 10, at(1000));
    expect(tokenBucket.look(again, lower, 1, at(1000)).retryAfterMs).toBe(100);
  });
});
