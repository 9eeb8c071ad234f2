import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LimitState } from '../../../src/domain/limits/algorithm.ts';
import { takeUnits } from '../../../src/domain/limits/algorithm.ts';
import { LIMIT_ALGORITHMS } from '../../../src/domain/limits/algorithms.ts';
import type { CountingPolicy } from '../../../src/domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, Decision } from '../../../src/ports/counter-store.ts';
import type { CounterDifferences } from '../../../src/ports/differences.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aShare, DAY_MS, RUNS, WINDOWS_MS } from './fixture.ts';

type CountingRequest = CounterRequest & { readonly policy: CountingPolicy };

/** Every decision is the one of the domain's algorithms, also at the largest limits and over calls of all kinds on one key. */
export function referenceContract(make: MakeCounters): void {
  test('any history of one key has the decisions of the algorithms', async () => {
    const { store, clock, differences, runs } = await make();
    await fc.assert(
      fc.asyncProperty(aScript(differences), async (steps) => {
        const key = anId('key');
        const reference = createReference();
        for (const { pauseMs, act, ...asked } of steps) {
          clock.advance(pauseMs);
          const request = { key, ...asked };
          expect(await store[act](request, aCall())).toEqual(reference[act](request, clock.now()));
        }
      }),
      { numRuns: runs ?? RUNS },
    );
  });
}

/** The counters of one key, kept as the algorithms leave them. */
function createReference() {
  const kept = new Map<string, LimitState>();

  function find({ algorithm, windowMs, limit }: CountingPolicy, nowMs: number) {
    const rules = LIMIT_ALGORITHMS[algorithm];
    const name = `${algorithm} ${windowMs}`;
    const at = { steadyMs: nowMs, wallMs: nowMs };
    const found = kept.get(name);
    return { rules, name, at, state: found && rules.anchor(found, { algorithm, windowMs, limit }, at) };
  }

  return {
    consume({ policy, cost }: CountingRequest, nowMs: number): Decision {
      const { rules, name, at, state } = find(policy, nowMs);
      const { decision, next = state } = takeUnits(rules, state, policy, cost, at);
      if (next !== undefined) kept.set(name, next);
      return decision;
    },
    peek({ policy, cost }: CountingRequest, nowMs: number): Decision {
      const { rules, at, state } = find(policy, nowMs);
      return rules.look(state, policy, cost, at);
    },
  };
}

interface ScriptStep {
  readonly act: 'consume' | 'peek';
  readonly policy: CountingPolicy;
  readonly cost: number;
  readonly pauseMs: number;
}

/** A unit comes back every three milliseconds, exactly; products of this limit are far past 2^53, and rounded as doubles. */
const LARGEST_THIRD = { windows: [2_678_399_883], limits: [892_799_961] };

/**
 * One or two counters of a key, asked under ever other limits. A store's own clock goes back at times, if there is one counter:
 * making another may take one away that has expired, which a clock that goes back would bring to life.
 */
function aScript({ clock }: CounterDifferences): fc.Arbitrary<readonly ScriptStep[]> {
  const limit = fc.oneof(
    fc.integer({ min: 1, max: 30 }),
    fc.constantFrom(32_767, 32_768, 999_999_937, 1_000_000_000),
    fc.integer({ min: 1, max: 1_000_000_000 }),
  );
  const window = fc.oneof(fc.constantFrom(...WINDOWS_MS), fc.integer({ min: 100, max: 31 * DAY_MS }));
  const ranges = fc.record({
    windows: fc.array(window, { minLength: 1, maxLength: 2 }),
    limits: fc.array(limit, { minLength: 1, maxLength: 3 }),
  });
  return fc
    .tuple(
      fc.constantFrom(...COUNTING_ALGORITHMS),
      fc.oneof({ weight: 4, arbitrary: ranges }, { weight: 1, arbitrary: fc.constant(LARGEST_THIRD) }),
    )
    .chain(([algorithm, { windows, limits }]) =>
      fc.array(aStep(algorithm, windows, limits, clock === 'store' && windows.length === 1 ? 1.2 : 0), {
        maxLength: 40,
      }),
    );
}

function aStep(
  algorithm: CountingPolicy['algorithm'],
  windows: readonly number[],
  limits: readonly number[],
  back: number,
): fc.Arbitrary<ScriptStep> {
  const pause = fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 6, arbitrary: aShare(0.3) },
    { weight: 1, arbitrary: aShare(3) },
    { weight: 1, arbitrary: aShare(back).map((share) => -share) },
  );
  const taken = fc.oneof(fc.constantFrom(0, 1), aShare(1));
  return fc
    .record({
      act: fc.constantFrom('consume', 'consume', 'consume', 'peek'),
      windowMs: fc.constantFrom(...windows),
      limit: fc.constantFrom(...limits),
      pause,
      taken,
    })
    .map(({ act, windowMs, limit, pause: share, taken: fraction }) => ({
      act,
      policy: { algorithm, limit, windowMs },
      cost: Math.max(1, Math.round(fraction * limit)),
      pauseMs: Math.round(share * windowMs),
    }));
}
