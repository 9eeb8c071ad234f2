import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withBlockCache } from '../../../src/adapters/limits/block-cache.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import { aRequest, aShare, RUNS, WINDOWS_MS } from '../../contracts/counter-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { plainly } from './fixture.ts';

const aStep = fc.record({
  act: fc.constantFrom('consume', 'consume', 'consume', 'consume', 'permit', 'charge', 'all', 'upTo', 'rare'),
  rare: fc.constantFrom('refund', 'reset', 'block'),
  pause: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: aShare(0.05) },
    { weight: 1, arbitrary: aShare(1.2) },
  ),
  cost: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 8 })),
  limit: fc.constantFrom(1, 1, 1, 1, 2),
});

const aPlay = fc.record({
  policy: fc.record({
    algorithm: fc.constantFrom(...COUNTING_ALGORITHMS),
    limit: fc.integer({ min: 1, max: 8 }),
    windowMs: fc.constantFrom(...WINDOWS_MS),
  }),
  steps: fc.array(aStep, { minLength: 20, maxLength: 80 }),
});

type Step = typeof aStep extends fc.Arbitrary<infer Value> ? Value : never;

async function act(store: CounterStore, step: Step, request: CounterRequest): Promise<unknown> {
  const { key, policy, cost } = request;
  switch (step.act === 'rare' ? step.rare : step.act) {
    case 'permit':
      return store.consume({ ...request, permitId: `${cost}` }, aCall());
    case 'charge':
      return store.consume({ ...request, chargeDenied: true }, aCall());
    case 'all':
      return (await store.consumeAll([request], aCall())).map(plainly);
    case 'upTo':
      return store.consumeUpTo(request, 1, aCall());
    case 'refund':
      return store.refund(request, aCall());
    case 'reset':
      return store.reset(key, aCall());
    case 'block':
      return store.block(key, policy, Math.ceil(policy.windowMs * 0.3), aCall());
    default:
      return store.consume(request, aCall());
  }
}

describe('beside a bare store', () => {
  test('every decision of every history is the same, and many are answered here', async () => {
    let checks = 0;
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(aPlay, async ({ policy, steps }) => {
        const clock = createFakeClock();
        const bare = createMemoryCounterStore({ clock });
        const store = withBlockCache(createMemoryCounterStore({ clock }), {
          clock: clock.elapsedMs,
          maxHoldMs: Number.POSITIVE_INFINITY,
          maxKeys: 10,
        });
        for (const step of steps) {
          clock.advance(Math.round(step.pause * policy.windowMs));
          const limited = { ...policy, limit: policy.limit * step.limit };
          const request = aRequest({ key: 'one', ...limited, cost: step.cost });
          const [expected, answered] = [await act(bare, step, request), await act(store, step, request)];
          expect(isDecision(answered) ? plainly(answered) : answered).toEqual(expected);
        }
        checks += store.stats().checks;
        hits += store.stats().hits;
      }),
      { numRuns: RUNS },
    );
    expect(hits / checks).toBeGreaterThan(0.2);
  });

  test('that answers late it never denies what the store would let pass, and tells no wait that is too short', async () => {
    const delays = fc.record({ pause: aShare(30), there: aShare(20), back: aShare(20) });
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...COUNTING_ALGORITHMS),
        fc.integer({ min: 1, max: 6 }),
        fc.array(delays, { minLength: 30, maxLength: 60 }),
        async (algorithm, limit, asked) => {
          const clock = createFakeClock();
          const bare = createMemoryCounterStore({ clock });
          let delay = { there: 0, back: 0 };
          const late: CounterStore = {
            ...bare,
            consume: async (request, call) => {
              clock.advance(delay.there);
              const decision = await bare.consume(request, call);
              clock.advance(delay.back);
              return decision;
            },
          };
          const store = withBlockCache(late, { clock: clock.elapsedMs, maxKeys: 10 });
          const request = aRequest({ algorithm, limit, windowMs: 200 });
          for (const { pause, ...next } of asked) {
            clock.advance(pause);
            delay = next;
            const { allowed, decidedBy, retryAfterMs } = await store.consume(request, aCall());
            if (allowed) continue;
            const now = await bare.peek(request, aCall());
            if (decidedBy === 'block-cache') {
              hits += 1;
              expect(now.allowed).toBe(false);
            }
            expect(retryAfterMs).toBeGreaterThanOrEqual(now.retryAfterMs);
          }
        },
      ),
      { numRuns: RUNS },
    );
    expect(hits).toBeGreaterThan(1_000);
  });
});

function isDecision(answer: unknown): answer is Decision {
  return typeof answer === 'object' && answer !== null && 'retryAfterMs' in answer;
}
