import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filedKey } from '../../../../src/adapters/dynamodb/counters/filed-key.ts';
import { createMemoryCounterStore } from '../../../../src/adapters/memory/counter-store.ts';
import { ALGORITHMS, COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore } from '../../../../src/ports/counter-store.ts';
import { aRequest, DAY_MS } from '../../../contracts/counter-store/fixture.ts';
import { anyText } from '../../../support/any-text.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import { anInstance, readItem } from './fixture.ts';

const dynamodb = useDynamodb();
const HOUR_MS = 3_600_000;

async function expiresAtMs(key: string): Promise<number> {
  const item = await readItem(dynamodb(), key);
  return Number(item?.expiresAt?.N) * 1000;
}

describe('the time to live of an item', () => {
  test.each(COUNTING_ALGORITHMS)(
    '%s: lies an hour after the last end, and is put off in time',
    async (algorithm) => {
      const { store, clock, drainCalls } = anInstance(dynamodb());
      const request = aRequest({ algorithm, limit: 1_000_000 });
      for (let step = 0; step < 40; step += 1) {
        const { resetAfterMs } = await store.consume(request, aCall());
        expect(await expiresAtMs(request.key)).toBeGreaterThanOrEqual(clock.now() + resetAfterMs + HOUR_MS);
        expect(drainCalls()).toHaveLength(1);
        clock.advance(HOUR_MS + 1);
      }
    },
  );

  test('is never brought nearer by a shorter window of the same key', async () => {
    const { store } = anInstance(dynamodb());
    const key = anId('key');
    await store.consume(aRequest({ key, windowMs: 31 * DAY_MS }), aCall());
    const before = await expiresAtMs(key);
    for (const algorithm of COUNTING_ALGORITHMS) {
      for (let taken = 0; taken < 3; taken += 1) await store.consume(aRequest({ key, algorithm }), aCall());
    }
    expect(await expiresAtMs(key)).toBe(before);
  });

  test('an item that was deleted meanwhile begins anew', async () => {
    const one = anInstance(dynamodb());
    const other = anInstance(dynamodb(), { clock: one.clock });
    for (const algorithm of COUNTING_ALGORITHMS) {
      const request = aRequest({ algorithm, limit: 3, cost: 2 });
      await one.store.consume(request, aCall());
      await other.store.reset(request.key, aCall());
      expect(await one.store.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 1 });
    }
  });
});

describe('counters of a key that are no longer used', () => {
  test('leave the item once they have long expired', async () => {
    const { store, clock } = anInstance(dynamodb());
    const key = anId('key');
    const steady = aRequest({ key, limit: 1000, windowMs: 31 * DAY_MS });
    const windows = Array.from({ length: 40 }, (_, index) => 1000 + index);
    const passing = COUNTING_ALGORITHMS.flatMap((algorithm) =>
      windows.map((windowMs) => aRequest({ key, algorithm, windowMs })),
    );
    await Promise.all(passing.map((request) => store.consume(request, aCall())));
    await store.consume(steady, aCall());
    clock.advance(HOUR_MS);
    await store.consume(steady, aCall());
    expect(Object.keys((await readItem(dynamodb(), key)) ?? {})).toHaveLength(3 + 120);
    clock.advance(2000);
    // A hundred at a time.
    await store.consume(steady, aCall());
    expect(await store.consume(steady, aCall())).toMatchObject({ remaining: 996 });
    expect(Object.keys((await readItem(dynamodb(), key)) ?? {}).toSorted()).toEqual([
      'expiresAt',
      `f${31 * DAY_MS}`,
      'key',
    ]);
    expect((await store.peek(steady, aCall())).remaining).toBe(996);
  });

  test('leave with blocks that ended, never those in force', async () => {
    const { store, clock } = anInstance(dynamodb());
    const key = anId('key');
    for (let windowMs = 1000; windowMs < 1010; windowMs += 1)
      await store.block(key, aRequest({ windowMs }).policy, 1000, aCall());
    await store.block(key, aRequest({ windowMs: 999 }).policy, Number.POSITIVE_INFINITY, aCall());
    clock.advance(2 * HOUR_MS);
    await store.consume(aRequest({ key }), aCall());
    const left = ['bf999', 'expiresAt', 'f60000', 'key'];
    expect(Object.keys((await readItem(dynamodb(), key)) ?? {}).toSorted()).toEqual(left);
  });

  test('are left to the next check when dropping them fails', async () => {
    const { store, clock, client } = anInstance(dynamodb());
    const key = anId('key');
    for (let windowMs = 1000; windowMs < 1010; windowMs += 1)
      await store.consume(aRequest({ key, windowMs }), aCall());
    clock.advance(2 * HOUR_MS);
    client.middlewareStack.add(
      (next) => async (args) => {
        if ('UpdateExpression' in args.input && String(args.input.UpdateExpression).startsWith('REMOVE'))
          throw new Error('no capacity');
        return next(args);
      },
      { step: 'initialize', name: 'no-sweep' },
    );
    expect(await store.consume(aRequest({ key }), aCall())).toMatchObject({ allowed: true, remaining: 9 });
    client.middlewareStack.remove('no-sweep');
    await store.consume(aRequest({ key }), aCall());
    expect(Object.keys((await readItem(dynamodb(), key)) ?? {})).toHaveLength(3);
  });
});

test('two instances decide as one process does, over any calls on one key', async () => {
  const one = anInstance(dynamodb());
  const instances = [one.store, anInstance(dynamodb(), { clock: one.clock }).store] as const;
  const memory = createMemoryCounterStore({ clock: one.clock });
  const step = fc.record({
    at: fc.constantFrom(0, 1),
    act: fc.constantFrom('consume', 'consume', 'consume', 'upTo', 'all', 'refund', 'peek', 'block', 'reset'),
    algorithm: fc.constantFrom(...ALGORITHMS),
    permitId: fc.constantFrom('a', 'b', 'c'),
    chargeDenied: fc.boolean(),
    windowMs: fc.constantFrom(997, 60_000),
    limit: fc.constantFrom(5, 9, 1_000_000_000),
    cost: fc.integer({ min: 1, max: 10 }),
    pauseMs: fc.constantFrom(0, 0, 1, 99, 100, 331, 997, 6_000, 60_000),
  } as const);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const key = anId('key');
      for (const { at, act, pauseMs, algorithm, windowMs, limit, ...asked } of steps) {
        one.clock.advance(pauseMs);
        const request = { key, policy: { algorithm, windowMs, limit }, ...asked };
        expect(await ask(instances[at], act, request)).toEqual(await ask(memory, act, request));
      }
    }),
    { numRuns: 30 },
  );
}, 60_000);

type Act = 'consume' | 'upTo' | 'all' | 'refund' | 'peek' | 'block' | 'reset';

async function ask(store: CounterStore, act: Act, request: CounterRequest): Promise<unknown> {
  const { key, policy, cost } = request;
  const others = ALGORITHMS.filter((each) => each !== policy.algorithm);
  const all = [request, ...others.map((algorithm) => ({ ...request, policy: { ...policy, algorithm } }))];
  if (act === 'all') return store.consumeAll(all, aCall());
  if (act === 'upTo') return store.consumeUpTo(request, Math.ceil(cost / 2), aCall());
  if (act === 'block') return store.block(key, policy, cost, aCall());
  if (act === 'reset') return store.reset(key, aCall());
  return store[act](request, aCall());
}

describe('the key of an item', () => {
  test('is the rate-limit key where that is short', () => {
    expect(filedKey('user:42 é\u0000')).toBe('user:42 é\u0000');
  });

  test.each(['', 'k'.repeat(256), 'é'.repeat(128), '\ud800', 'sha256:abc'])('is a digest of %j', (key) => {
    expect(filedKey(key)).toMatch(/^sha256:[\w-]{43}$/);
  });

  test('differs for texts that differ', () => {
    const unit = fc.oneof(anyText({ maxLength: 3 }), fc.constantFrom('\ud800', '\udfff', 'k'.repeat(200)));
    const text = fc.array(unit, { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(filedKey(left) === filedKey(right)).toBe(left === right);
        expect(Buffer.byteLength(filedKey(left))).toBeLessThanOrEqual(255);
      }),
    );
  });
});
