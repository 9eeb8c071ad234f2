import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LimitAlgorithm, LimitState, Moment } from '../../../src/domain/limits/algorithm.ts';
import { takeUnits } from '../../../src/domain/limits/algorithm.ts';
import { LIMIT_ALGORITHMS } from '../../../src/domain/limits/algorithms.ts';
import type { Policy } from '../../../src/domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';

const START_MS = Date.UTC(2026, 0, 15, 12);

const at = (ms: number): Moment => ({ steadyMs: START_MS + ms, wallMs: START_MS + ms });

/** A chain of takings, each at its own moment; answers the state after those that passed. */
function stateAfter(
  algorithm: LimitAlgorithm<LimitState>,
  policy: Policy,
  takings: readonly { readonly ms: number; readonly cost: number }[],
): LimitState | undefined {
  let state: LimitState | undefined;
  for (const { ms, cost } of takings) {
    state = deepFreeze(takeUnits(algorithm, state, policy, cost, at(ms)).next) ?? state;
  }
  return state;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

const aPolicy = (algorithm: Policy['algorithm']) =>
  fc.record({
    algorithm: fc.constant(algorithm),
    limit: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000_000 })),
    windowMs: fc.oneof(fc.integer({ min: 100, max: 2000 }), fc.integer({ min: 100, max: 31 * 86_400_000 })),
  });

const takings = fc
  .array(fc.record({ ms: fc.integer({ min: 0, max: 4000 }), cost: fc.integer({ min: 1, max: 20 }) }))
  .map((all) => all.toSorted((a, b) => a.ms - b.ms));

describe.each(COUNTING_ALGORITHMS)('%s', (name) => {
  const algorithm = LIMIT_ALGORITHMS[name];

  test('a state says nothing from the moment it expires, and says something until then', () => {
    fc.assert(
      fc.property(aPolicy(name), takings, (policy, all) => {
        const state = stateAfter(algorithm, policy, all);
        if (state === undefined) return;
        const expired = { steadyMs: state.expiresAtMs, wallMs: state.expiresAtMs };
        const justBefore = { steadyMs: state.expiresAtMs - 1, wallMs: state.expiresAtMs - 1 };
        expect(algorithm.look(state, policy, 1, expired)).toEqual(
          algorithm.look(undefined, policy, 1, expired),
        );
        expect(algorithm.look(state, policy, 1, justBefore).resetAfterMs).toBe(1);
      }),
    );
  });

  test('a decision is in whole units and milliseconds, at any limit and window', () => {
    fc.assert(
      fc.property(aPolicy(name), takings, fc.integer({ min: 0, max: 10_000 }), (policy, all, later) => {
        const state = stateAfter(algorithm, policy, all);
        const { allowed, remaining, retryAfterMs, resetAfterMs } = algorithm.look(
          state,
          policy,
          1,
          at(4000 + later),
        );
        expect([remaining, retryAfterMs, resetAfterMs].every(Number.isSafeInteger)).toBe(true);
        expect(Math.min(remaining, retryAfterMs, resetAfterMs)).toBeGreaterThanOrEqual(0);
        expect(remaining).toBeLessThanOrEqual(policy.limit);
        expect(allowed).toBe(remaining >= 1);
        expect(allowed).toBe(retryAfterMs === 0);
        expect(retryAfterMs).toBeLessThanOrEqual(resetAfterMs);
      }),
    );
  });

  test('more and more comes back when nobody takes', () => {
    fc.assert(
      fc.property(aPolicy(name), takings, fc.nat(5000), fc.nat(5000), (policy, all, sooner, longer) => {
        const state = stateAfter(algorithm, policy, all);
        const first = algorithm.look(state, policy, 1, at(4000 + sooner));
        const second = algorithm.look(state, policy, 1, at(4000 + sooner + longer));
        expect(second.remaining).toBeGreaterThanOrEqual(first.remaining);
      }),
    );
  });
});
