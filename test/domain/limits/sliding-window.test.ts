import { describe, expect, test } from 'vitest';
import type { SlidingWindowState } from '../../../src/domain/limits/sliding-window.ts';
import { slidingWindow } from '../../../src/domain/limits/sliding-window.ts';

const policy = { algorithm: 'sliding-window', limit: 10, windowMs: 1000 } as const;
const at = (steadyMs: number) => ({ steadyMs, wallMs: 0 });

function spend(
  ...spendings: readonly (readonly [atMs: number, cost: number])[]
): SlidingWindowState | undefined {
  let state: SlidingWindowState | undefined;
  for (const [atMs, cost] of spendings) state = slidingWindow.spend(state, policy, cost, at(atMs));
  return state;
}

describe('sliding window', () => {
  test('counts in tenths of the window and keeps eleven of them', () => {
    expect(spend([0, 1], [99, 1], [100, 3], [450, 1])).toEqual({
      first: 0,
      used: [2, 3, 0, 0, 1],
      expiresAtMs: 1500,
    });
    const eleven = spend(...Array.from({ length: 30 }, (_, tenth) => [tenth * 100, 1] as const));
    expect(eleven).toEqual({ first: 19, used: Array(11).fill(1), expiresAtMs: 4000 });
  });

  test('units come back when the sub-window they were taken in is a whole window old', () => {
    const state = spend([50, 6], [450, 4]);
    expect(slidingWindow.look(state, policy, 1, at(1099))).toMatchObject({ remaining: 0, retryAfterMs: 1 });
    expect(slidingWindow.look(state, policy, 1, at(1100))).toMatchObject({ remaining: 6, retryAfterMs: 0 });
    expect(slidingWindow.look(state, policy, 1, at(1500))).toMatchObject({ remaining: 10, resetAfterMs: 0 });
  });

  test('the wait is for as many sub-windows as the cost needs', () => {
    const state = spend([0, 2], [200, 3], [300, 5]);
    const waits = [1, 2, 3, 5, 6, 10].map(
      (cost) => slidingWindow.look(state, policy, cost, at(300)).retryAfterMs,
    );
    expect(waits).toEqual([800, 800, 1000, 1000, 1100, 1100]);
  });

  test('sub-windows of a window that ten does not divide are kept as fractions', () => {
    const odd = { ...policy, windowMs: 101 };
    const state = slidingWindow.spend(undefined, odd, 10, at(11));
    // Sub-window 1 is [10.1, 20.2): it leaves at 12 * 10.1 = 121.2.
    expect(state.expiresAtMs).toBe(122);
    expect(slidingWindow.look(state, odd, 1, at(121)).allowed).toBe(false);
    expect(slidingWindow.look(state, odd, 1, at(122)).allowed).toBe(true);
  });
});
