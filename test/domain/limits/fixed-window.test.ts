import { describe, expect, test } from 'vitest';
import { takeUnits } from '../../../src/domain/limits/algorithm.ts';
import { fixedWindow } from '../../../src/domain/limits/fixed-window.ts';

const policy = { algorithm: 'fixed-window', limit: 3, windowMs: 1000 } as const;

describe('fixed window', () => {
  test.each([
    { wallMs: 5000, endsIn: 1000 },
    { wallMs: 5001, endsIn: 999 },
    { wallMs: 5999, endsIn: 1 },
    { wallMs: -1, endsIn: 1 },
    { wallMs: -1000, endsIn: 1000 },
  ])('at $wallMs the window of the epoch ends in $endsIn ms', ({ wallMs, endsIn }) => {
    const { decision, next } = takeUnits(fixedWindow, undefined, policy, 1, { wallMs, steadyMs: 77_000 });
    expect(decision).toEqual({ allowed: true, remaining: 2, retryAfterMs: 0, resetAfterMs: endsIn });
    expect(next).toEqual({ used: 1, expiresAtMs: 77_000 + endsIn });
  });

  test('a window that has begun ends by the steady clock, wherever the wall clock is', () => {
    const state = { used: 3, expiresAtMs: 77_400 };
    const look = fixedWindow.look(state, policy, 1, { wallMs: 1, steadyMs: 77_000 });
    expect(look).toEqual({ allowed: false, remaining: 0, retryAfterMs: 400, resetAfterMs: 400 });
  });

  test('twice the limit passes around a boundary, as documented', () => {
    const before = takeUnits(fixedWindow, undefined, policy, 3, { wallMs: 999, steadyMs: 999 });
    const after = takeUnits(fixedWindow, before.next, policy, 3, { wallMs: 1000, steadyMs: 1000 });
    expect([before.decision.allowed, after.decision.allowed]).toEqual([true, true]);
  });
});
