import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Algorithm, Policy } from '../../../src/domain/limits/policy.ts';
import { ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aShare, RUNS, WINDOWS_MS } from './fixture.ts';
import { createModel } from './model.ts';

/** Calls of every kind, one after another, on a few counters of two keys: each answer is that of the model. */
export function modelContract(make: MakeCounters): void {
  test.each([
    ...ALGORITHMS.map((algorithm) => ({ algorithms: [algorithm] })),
    { algorithms: [...ALGORITHMS] },
  ])('any calls of $algorithms are answered as by the model', async ({ algorithms }) => {
    const { store, clock, runs } = await make();
    await fc.assert(
      fc.asyncProperty(aPlay(algorithms), async ({ counters, steps }) => {
        const model = createModel(clock.now);
        const keys = [anId('key'), anId('key')];
        for (const step of steps) {
          const { policy } = pick(counters, step.counter);
          clock.advance(Math.round(step.pause * policy.windowMs));
          const requests = counters.map((counter, index) => toRequest(step, counter, keys, index));
          const { answered, expected } = await act(step, requests, store, model);
          expect(answered).toEqual(expected);
        }
      }),
      { numRuns: runs ?? RUNS },
    );
  });
}

type Step = typeof aStep extends fc.Arbitrary<infer Value> ? Value : never;

interface ModelledCounter {
  readonly key: number;
  readonly policy: Policy;
}

const aStep = fc.record({
  act: fc.constantFrom('consume', 'consume', 'consume', 'peek', 'refund', 'refund', 'upTo', 'all', 'rare'),
  counter: fc.nat(),
  pause: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: aShare(0.3) },
    { weight: 1, arbitrary: aShare(1.5) },
  ),
  cost: fc.oneof(fc.constant(0), aShare(0.4), aShare(1.2)),
  least: aShare(1),
  limit: fc.constantFrom(1, 1, 1, 0.5, 2),
  permitId: fc.constantFrom(undefined, 'a', 'b', 'c', 'd', 'e'),
  chargeDenied: fc.boolean(),
  block: fc.oneof(aShare(0.7), fc.constant(Number.POSITIVE_INFINITY)),
  rare: fc.constantFrom('block', 'reset', 'reset'),
});

function aPlay(algorithms: readonly Algorithm[]) {
  const policy = fc.record({
    algorithm: fc.constantFrom(...algorithms),
    limit: fc.oneof(fc.integer({ min: 2, max: 30 }), fc.constantFrom(32_768, 500_000_000)),
    windowMs: fc.constantFrom(...WINDOWS_MS),
  });
  const counters = fc.uniqueArray(fc.record({ key: fc.nat(1), policy }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ key, policy: { algorithm, windowMs } }) => `${key} ${algorithm} ${windowMs}`,
  });
  return fc.record({ counters, steps: fc.array(aStep, { maxLength: 50 }) });
}

function toRequest(
  step: Step,
  { key, policy }: ModelledCounter,
  keys: readonly string[],
  index: number,
): CounterRequest {
  const limit = Math.max(1, Math.round(policy.limit * step.limit));
  const permitId = step.permitId ?? (policy.algorithm === 'concurrency' ? 'f' : undefined);
  return {
    key: pick(keys, key),
    policy: { ...policy, limit },
    cost: Math.max(1, Math.round(((step.cost + index / 7) % 1.2) * limit)),
    chargeDenied: step.chargeDenied,
    ...(permitId && { permitId }),
  };
}

type Answers = Promise<{ readonly answered: unknown; readonly expected: unknown }>;
type Store = Awaited<ReturnType<MakeCounters>>['store'];

async function act(
  step: Step,
  requests: readonly CounterRequest[],
  store: Store,
  model: ReturnType<typeof createModel>,
): Answers {
  const request = pick(requests, step.counter);
  const { key, policy, cost } = request;
  const call = aCall();
  switch (step.act === 'rare' ? step.rare : step.act) {
    case 'refund':
      return { answered: await store.refund(request, call), expected: model.refund(request) };
    case 'upTo': {
      const least = Math.max(1, Math.round(step.least * cost));
      return {
        answered: await store.consumeUpTo(request, least, call),
        expected: model.consumeUpTo(request, least),
      };
    }
    case 'all':
      return { answered: await store.consumeAll(requests, call), expected: model.consumeAll(requests) };
    case 'block': {
      const forMs = Math.ceil(step.block * policy.windowMs);
      return {
        answered: await store.block(key, policy, forMs, call),
        expected: model.block(key, policy, forMs),
      };
    }
    case 'reset':
      return { answered: await store.reset(key, call), expected: model.reset(key) };
    case 'peek':
      return { answered: await store.peek(request, call), expected: model.peek(request) };
    default:
      return { answered: await store.consume(request, call), expected: model.consume(request) };
  }
}

function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
