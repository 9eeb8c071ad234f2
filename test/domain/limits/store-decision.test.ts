import { describe, expect, test } from 'vitest';
import type { LimitState } from '../../../src/domain/limits/algorithm.ts';
import type { ConcurrencyState } from '../../../src/domain/limits/concurrency.ts';
import type { FixedWindowState } from '../../../src/domain/limits/fixed-window.ts';
import type { Algorithm } from '../../../src/domain/limits/policy.ts';
import type { SlidingWindowState } from '../../../src/domain/limits/sliding-window.ts';
import type { StoreAnswer } from '../../../src/domain/limits/store-decision.ts';
import { storeDecision } from '../../../src/domain/limits/store-decision.ts';

const WHOLE = { allowed: true, remaining: 10, retryAfterMs: 0, resetAfterMs: 0 };

function decide(
  algorithm: Algorithm,
  state: LimitState | undefined,
  more: Partial<StoreAnswer> & { readonly cost?: number } = {},
) {
  const { cost = 1, ...answer } = more;
  return storeDecision(
    { policy: { algorithm, limit: 10, windowMs: 1000 }, cost },
    { state, nowMs: 5000, taken: false, ...answer },
  );
}

describe('a store that only subtracts what is given back', () => {
  test('fixed-window: a window with nothing taken is whole', () => {
    const state: FixedWindowState = { used: 0, expiresAtMs: 6000 };
    expect(decide('fixed-window', state)).toEqual(WHOLE);
  });

  test('sliding-window: sub-windows with nothing taken count for nothing, at either end', () => {
    const state: SlidingWindowState = { first: 47, used: [0, 3, 0, 0], expiresAtMs: 6100 };
    expect(decide('sliding-window', state)).toMatchObject({ remaining: 7, resetAfterMs: 900 });
    expect(decide('sliding-window', { ...state, used: [0, 0] } as SlidingWindowState)).toEqual(WHOLE);
  });
});

describe('a block', () => {
  test('denies until it ends, and longer if the units are not there then', () => {
    const state: FixedWindowState = { used: 10, expiresAtMs: 5800 };
    const blocked = (blockedUntilMs: number) => decide('fixed-window', state, { blockedUntilMs });
    expect(blocked(5001)).toEqual({ allowed: false, remaining: 0, retryAfterMs: 800, resetAfterMs: 800 });
    expect(blocked(5900)).toEqual({ allowed: false, remaining: 0, retryAfterMs: 900, resetAfterMs: 900 });
    expect(blocked(5000)).toEqual(decide('fixed-window', state));
  });

  test('for ever has no end', () => {
    const forEver = Number.POSITIVE_INFINITY;
    expect(decide('token-bucket', undefined, { blockedUntilMs: forEver })).toEqual({
      allowed: false,
      remaining: 0,
      retryAfterMs: forEver,
      resetAfterMs: forEver,
    });
  });
});

describe('concurrency', () => {
  const state: ConcurrencyState = {
    held: 9,
    leases: [
      { units: 2, untilMs: 5000 },
      { units: 3, untilMs: 5300 },
      { units: 4, untilMs: 5700 },
    ],
    expiresAtMs: 5700,
  };

  test('leases that have ended hold nothing, and waits are for those that end', () => {
    expect(decide('concurrency', state)).toEqual({
      allowed: true,
      remaining: 3,
      retryAfterMs: 0,
      resetAfterMs: 700,
    });
    const waits = [3, 4, 6, 7, 10, 11].map((cost) => decide('concurrency', state, { cost }).retryAfterMs);
    expect(waits).toEqual([0, 300, 300, 700, 700, Number.POSITIVE_INFINITY]);
  });

  test('a store need not name the leases that nobody waits for', () => {
    const few: ConcurrencyState = { ...state, held: 7, leases: [{ units: 3, untilMs: 5300 }] };
    expect(decide('concurrency', few, { cost: 5 })).toMatchObject({ retryAfterMs: 300, resetAfterMs: 700 });
  });

  test('whoever has its units passes', () => {
    expect(decide('concurrency', state, { cost: 20, taken: true })).toMatchObject({
      allowed: true,
      retryAfterMs: 0,
      remaining: 3,
    });
  });

  test('nobody holds anything when the last lease has ended', () => {
    expect(decide('concurrency', state, { nowMs: 5700 })).toEqual(WHOLE);
    expect(decide('concurrency', undefined)).toEqual(WHOLE);
  });
});
