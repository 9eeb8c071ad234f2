import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, consumeUntilDenied, RUNS } from './fixture.ts';

const LONG = 'k'.repeat(2047);

const LOOK_ALIKES = [
  ['a', 'A'],
  ['a', 'a '],
  ['a:b', 'a', 'b', 'a::b', ':a:b'],
  ['{a}', 'a', '{a}b', '{}', '{'],
  ['a\u0000b', 'a', 'ab', 'a\u0000', '\u0000'],
  ['*', 'a*', '?', '[a]', '%', '_'],
  ['e\u0301', '\u00e9'],
  ['\u{1f600}', '\u{1f601}'],
  ['\ud800', '\udbff', '\udc00', '\ufffd', '\udc00\ud800'],
  ['constructor', '__proto__', 'toString'],
  [`${LONG}a`, `${LONG}b`, LONG],
  ['1', '01', '1.0'],
];

/** Which requests share a counter: those of the same key, algorithm and window, and no others. */
export function identityContract(make: MakeCounters): void {
  test.each(LOOK_ALIKES.map((keys) => ({ keys })))(
    'keys that look alike share nothing: $keys.0',
    async ({ keys }) => {
      const { store } = await make();
      const prefix = anId('key');
      for (const key of keys) await store.reset(key, aCall());
      for (const algorithm of COUNTING_ALGORITHMS) {
        for (const key of keys) {
          const request = aRequest({ algorithm, key: (key + prefix).slice(-2048), limit: 3 });
          const bare = aRequest({ algorithm, key, limit: 3, windowMs: 31_337 });
          expect(await consumeUntilDenied(store, request, 4)).toBe(3);
          expect(await consumeUntilDenied(store, bare, 4)).toBe(3);
        }
      }
    },
  );

  test('no two texts share a counter', async () => {
    const fixture = await make();
    const { store } = fixture;
    const codeUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));
    const text = fc.string({
      unit: fc.oneof(codeUnit, fc.constantFrom(...'ab:{}')),
      minLength: 1,
      maxLength: 200,
    });
    const different = fc.tuple(text, text).filter(([one, other]) => one !== other);
    await fc.assert(
      fc.asyncProperty(
        different,
        fc.constantFrom(...COUNTING_ALGORITHMS),
        async ([one, other], algorithm) => {
          await Promise.all([store.reset(one, aCall()), store.reset(other, aCall())]);
          await store.consume(aRequest({ key: one, algorithm, limit: 1 }), aCall());
          expect((await store.peek(aRequest({ key: other, algorithm, limit: 1 }), aCall())).allowed).toBe(
            true,
          );
          expect((await store.peek(aRequest({ key: one, algorithm, limit: 1 }), aCall())).allowed).toBe(
            false,
          );
        },
      ),
      { numRuns: fixture.runs ?? RUNS },
    );
  });

  test('algorithms and windows of one key count apart', async () => {
    const { store } = await make();
    const key = anId('key');
    for (const algorithm of COUNTING_ALGORITHMS) {
      for (const windowMs of [60_000, 60_001, 600_000]) {
        const request = aRequest({ key, algorithm, windowMs, limit: 4 });
        expect(await consumeUntilDenied(store, request, 5)).toBe(4);
      }
    }
  });

  describe.each(COUNTING_ALGORITHMS)('%s: another limit', (algorithm) => {
    test('applies to what was taken already', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 10, cost: 8 });
      const under = (limit: number, cost: number) => ({
        ...request,
        cost,
        policy: { ...request.policy, limit },
      });
      await store.consume(request, aCall());
      expect(await store.peek(under(20, 1), aCall())).toMatchObject({ allowed: true, remaining: 12 });
      expect(await store.peek(under(5, 1), aCall())).toMatchObject({ allowed: false, remaining: 0 });
      expect(await store.consume(under(20, 12), aCall())).toMatchObject({ allowed: true, remaining: 0 });
      expect(await store.peek(under(10, 1), aCall())).toMatchObject({ allowed: false, remaining: 0 });
    });

    test('keeps waiting times right, and within one window', async () => {
      const { store, clock } = await make();
      const request = aRequest({ algorithm, limit: 1000, cost: 1000, windowMs: 10_000 });
      await store.consume(request, aCall());
      const lower = { ...request, cost: 3, policy: { ...request.policy, limit: 7 } };
      const { retryAfterMs } = await store.peek(lower, aCall());
      expect(retryAfterMs).toBeLessThanOrEqual(algorithm === 'sliding-window' ? 11_000 : 10_000);
      clock.advance(retryAfterMs - 1);
      expect((await store.consume(lower, aCall())).allowed).toBe(false);
      clock.advance(1);
      expect((await store.consume(lower, aCall())).allowed).toBe(true);
    });
  });

  describe('reset', () => {
    test('gives back the whole limit of every algorithm and window', async () => {
      const { store } = await make();
      const key = anId('key');
      const requests = COUNTING_ALGORITHMS.flatMap((algorithm) =>
        [1000, 60_000].map((windowMs) => aRequest({ key, algorithm, windowMs, limit: 5 })),
      );
      for (const request of requests) await consumeUntilDenied(store, request, 6);
      await store.reset(key, aCall());
      for (const request of requests) expect(await consumeUntilDenied(store, request, 6)).toBe(5);
    });

    test('is seen by every instance', async () => {
      const { store, elsewhere } = await make();
      const request = aRequest({ limit: 5 });
      await consumeUntilDenied(store, request, 6);
      expect((await elsewhere.peek(request, aCall())).allowed).toBe(false);
      await elsewhere.reset(request.key, aCall());
      expect(await consumeUntilDenied(store, request, 6)).toBe(5);
    });

    test('leaves other keys alone', async () => {
      const { store } = await make();
      const kept = aRequest({ limit: 5 });
      await consumeUntilDenied(store, kept, 6);
      await store.reset(`${kept.key}x`, aCall());
      await store.reset(kept.key.slice(0, -1), aCall());
      await store.reset('*', aCall());
      expect((await store.peek(kept, aCall())).allowed).toBe(false);
    });

    test('of a key that is not there does nothing', async () => {
      const { store } = await make();
      await expect(store.reset(anId('key'), aCall())).resolves.toBeUndefined();
    });
  });
}
