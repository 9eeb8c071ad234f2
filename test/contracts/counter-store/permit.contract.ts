import { describe, expect, test } from 'vitest';
import { ALGORITHMS, COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest } from './fixture.ts';

const HOSTILE_IDS = [
  '{a}',
  'a:b',
  'a',
  'a\u0000',
  '\u0000',
  '\ud800',
  '\udc00',
  '*',
  '__proto__',
  ' ',
  'e\u0301',
];

/** A permit names what was taken: a request that is sent again takes nothing more. */
export function permitContract(make: MakeCounters): void {
  describe.each(ALGORITHMS)('%s', (algorithm) => {
    test('a request that is sent again passes and takes nothing more, whatever its cost', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 3, permitId: 'mine' });
      await store.consume(request, aCall());
      for (const cost of [1, 3, 10, 11]) {
        const again = await store.consume({ ...request, cost }, aCall());
        expect(again).toMatchObject({ allowed: true, remaining: 7, retryAfterMs: 0 });
      }
    });

    test('200 callers with one permit take its units once', async () => {
      const { store, elsewhere } = await make();
      const request = aRequest({ algorithm, cost: 3, permitId: 'mine' });
      const decisions = await Promise.all(
        Array.from({ length: 200 }, (_, index) => (index % 2 ? store : elsewhere).consume(request, aCall())),
      );
      expect(decisions.every(({ allowed }) => allowed)).toBe(true);
      expect(await store.peek({ ...request, permitId: 'other' }, aCall())).toMatchObject({ remaining: 7 });
    });

    test('exactly the limit to 200 callers at once with permits of their own', async () => {
      const { store } = await make();
      const key = anId('key');
      const decisions = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          store.consume(aRequest({ algorithm, key, limit: 50, permitId: `${index}` }), aCall()),
        ),
      );
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
    });

    test('a look foresees it', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 10, permitId: 'mine' });
      await store.consume(request, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ allowed: true, retryAfterMs: 0 });
      expect((await store.peek({ ...request, permitId: 'other' }, aCall())).allowed).toBe(false);
    });

    test('passes also under a limit that was lowered below what is taken', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 10, permitId: 'mine' });
      await store.consume(request, aCall());
      const lower = { ...request, policy: { ...request.policy, limit: 5 } };
      expect(await store.consume(lower, aCall())).toMatchObject({ allowed: true, remaining: 0 });
    });

    test('a denied request has no permit', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 8, permitId: 'first' });
      await store.consume(request, aCall());
      const denied = { ...request, cost: 3, permitId: 'second' };
      expect((await store.consume(denied, aCall())).allowed).toBe(false);
      await store.refund(denied, aCall());
      expect((await store.consume(denied, aCall())).allowed).toBe(false);
    });

    test('permits of other counters are others', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 4, permitId: 'mine' });
      await store.consume(request, aCall());
      const others = [
        { ...request, key: `${request.key}x` },
        { ...request, policy: { ...request.policy, windowMs: 61_000 } },
      ];
      for (const other of others) {
        await store.refund(other, aCall());
        expect(await store.consume(other, aCall())).toMatchObject({ allowed: true, remaining: 6 });
      }
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 6 });
    });

    test('is any text', async () => {
      const { store } = await make();
      const key = anId('key');
      const ids = [...HOSTILE_IDS, 'p'.repeat(199), 'p'.repeat(200)];
      const of = (permitId: string) => aRequest({ algorithm, key, limit: ids.length, permitId });
      for (const id of ids) expect((await store.consume(of(id), aCall())).allowed).toBe(true);
      expect(await store.peek(of('one more'), aCall())).toMatchObject({ allowed: false, remaining: 0 });
      for (const [index, id] of ids.entries()) {
        await store.refund(of(id), aCall());
        expect(await store.peek(of('one more'), aCall())).toMatchObject({ remaining: index + 1 });
      }
    });
  });

  test.each(COUNTING_ALGORITHMS)('%s: is known as long as its window', async (algorithm) => {
    const { store, clock } = await make();
    const request = aRequest({ algorithm, cost: 10, windowMs: 1_900, permitId: 'mine' });
    const { resetAfterMs } = await store.consume(request, aCall());
    clock.advance(resetAfterMs - 1);
    expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, resetAfterMs: 1 });
    clock.advance(1);
    expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('token-bucket: is forgotten after one window though the bucket was never full', async () => {
    const { store, clock } = await make();
    const request = aRequest({ algorithm: 'token-bucket', cost: 5, windowMs: 1_000, permitId: 'mine' });
    await store.consume(request, aCall());
    clock.advance(300);
    await store.consume({ ...request, cost: 8, permitId: 'other' }, aCall());
    clock.advance(699);
    expect(await store.consume(request, aCall())).toMatchObject({ remaining: 6 });
    clock.advance(1);
    expect(await store.consume(request, aCall())).toMatchObject({ remaining: 2 });
  });

  test.each(COUNTING_ALGORITHMS)(
    '%s: is forgotten when the whole limit is there again',
    async (algorithm) => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 4, permitId: 'mine' });
      await store.consume(request, aCall());
      await store.refund({ key: request.key, policy: request.policy, cost: 4 }, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10, resetAfterMs: 0 });
      expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 6 });
    },
  );
}
