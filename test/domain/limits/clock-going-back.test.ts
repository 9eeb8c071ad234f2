import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LimitState } from '../../../src/domain/limits/algorithm.ts';
import { takeUnits } from '../../../src/domain/limits/algorithm.ts';
import { LIMIT_ALGORITHMS } from '../../../src/domain/limits/algorithms.ts';
import type { CountingAlgorithm, CountingPolicy } from '../../../src/domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';

const START_MS = Date.UTC(2026, 0, 15, 12);

interface Step {
  /** Time that really passes. */
  readonly pauseMs: number;
  /** How far the clock is set back then. */
  readonly backMs: number;
  /** 0: all that is there. */
  readonly cost: number;
}

interface Taking {
  readonly realMs: number;
  readonly cost: number;
}

/** A counter whose clock is set back again and again: what it admitted, by the time that really passed. */
function play(policy: CountingPolicy, steps: readonly Step[]): readonly Taking[] {
  const algorithm = LIMIT_ALGORITHMS[policy.algorithm];
  const admitted: Taking[] = [];
  let state: LimitState | undefined;
  let realMs = 0;
  let clockMs = START_MS;
  for (const { pauseMs, backMs, cost: asked } of steps) {
    realMs += pauseMs;
    clockMs += pauseMs - backMs;
    const at = { steadyMs: clockMs, wallMs: clockMs };
    state = state && algorithm.anchor(state, policy, at);
    const cost = asked || Math.max(1, algorithm.look(state, policy, 1, at).remaining);
    const { decision, next } = takeUnits(algorithm, state, policy, cost, at);
    state = next ?? state;
    if (decision.allowed) admitted.push({ realMs, cost });
  }
  return admitted;
}

const aPolicy = (algorithm: CountingAlgorithm) =>
  fc.record({
    algorithm: fc.constant(algorithm),
    limit: fc.integer({ min: 1, max: 12 }),
    windowMs: fc.constantFrom(100, 101, 997, 1000),
  });

// Around the ends of sub-windows and of windows of a second, and any other.
const pauses = fc.oneof(fc.constantFrom(0, 1, 50, 98, 99, 100, 101, 850, 900, 950, 1000), fc.nat(300));
const backs = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constantFrom(1, 2, 50, 99, 100, 101, 200) },
  { weight: 1, arbitrary: fc.nat(1500) },
);
const steps = fc.array(fc.record({ pauseMs: pauses, backMs: backs, cost: fc.nat(5) }), { maxLength: 60 });

function unitsWithin(takings: readonly Taking[], fromMs: number, spanMs: number): number {
  return takings
    .filter(({ realMs }) => realMs >= fromMs && realMs <= fromMs + spanMs)
    .reduce((sum, { cost }) => sum + cost, 0);
}

describe('with a clock that goes back', () => {
  test('sliding-window: no span of one window has more than the limit', () => {
    fc.assert(
      fc.property(aPolicy('sliding-window'), steps, (policy, all) => {
        const admitted = play(policy, all);
        return admitted.every(({ realMs }) => unitsWithin(admitted, realMs, policy.windowMs) <= policy.limit);
      }),
      { numRuns: 3000 },
    );
  });

  test('sliding-window: units taken at the end of a sub-window count for a whole window', () => {
    const policy = { algorithm: 'sliding-window', limit: 5, windowMs: 1000 } as const;
    const admitted = play(policy, [
      { pauseMs: 99, backMs: 0, cost: 4 },
      { pauseMs: 1, backMs: 0, cost: 1 },
      { pauseMs: 0, backMs: 1, cost: 1 },
      { pauseMs: 902, backMs: 0, cost: 4 },
      { pauseMs: 99, backMs: 0, cost: 4 },
    ]);
    expect(admitted.map(({ realMs }) => realMs)).toEqual([99, 100, 1101]);
  });

  test('token-bucket: no span has more than a full bucket and its refill', () => {
    fc.assert(
      fc.property(aPolicy('token-bucket'), steps, (policy, all) => {
        const admitted = play(policy, all);
        return admitted.every(({ realMs: fromMs }) =>
          admitted
            .filter(({ realMs }) => realMs >= fromMs)
            .every(({ realMs: untilMs }) => {
              const refill = Math.floor(((untilMs - fromMs) * policy.limit) / policy.windowMs);
              return unitsWithin(admitted, fromMs, untilMs - fromMs) <= policy.limit + refill;
            }),
        );
      }),
      { numRuns: 3000 },
    );
  });

  test.each(COUNTING_ALGORITHMS)('%s: nothing comes back by it, and all does within one window', (name) => {
    const algorithm = LIMIT_ALGORITHMS[name];
    fc.assert(
      fc.property(
        aPolicy(name),
        fc.array(fc.tuple(pauses, fc.nat(4))),
        fc.nat(5000),
        (policy, all, backMs) => {
          let clockMs = START_MS;
          let state: LimitState | undefined;
          for (const [pauseMs, cost] of all) {
            clockMs += pauseMs;
            const { next } = takeUnits(algorithm, state, policy, 1 + cost, {
              steadyMs: clockMs,
              wallMs: clockMs,
            });
            state = next ?? state;
          }
          if (state === undefined) return;
          const before = algorithm.look(state, policy, 1, { steadyMs: clockMs, wallMs: clockMs });
          const at = { steadyMs: clockMs - backMs, wallMs: clockMs - backMs };
          const after = algorithm.look(algorithm.anchor(state, policy, at), policy, 1, at);
          expect(after.remaining).toBeLessThanOrEqual(before.remaining);
          const longestMs = name === 'sliding-window' ? Math.ceil(policy.windowMs * 1.1) : policy.windowMs;
          expect(after.resetAfterMs).toBeLessThanOrEqual(longestMs);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each(COUNTING_ALGORITHMS)('%s: a state that does not lie in the future stays as it is', (name) => {
    const algorithm = LIMIT_ALGORITHMS[name];
    fc.assert(
      fc.property(aPolicy(name), fc.nat(2000), (policy, laterMs) => {
        const state = algorithm.spend(undefined, policy, 1, { steadyMs: START_MS, wallMs: START_MS });
        const at = { steadyMs: START_MS + laterMs, wallMs: START_MS + laterMs };
        expect(algorithm.anchor(state, policy, at)).toBe(state);
      }),
    );
  });
});
