import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IdempotencyState } from '../../../src/ports/idempotency-store.ts';
import { ANSWER_KEPT_MS } from '../../../src/ports/idempotency-store.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { IdempotencySubject } from './fixture.ts';

const LEASE = 60_000;

export function reservationsContract(subject: IdempotencySubject): void {
  describe('a reservation', () => {
    it('is made once: who comes later waits, here and elsewhere', async () => {
      const { store, elsewhere } = await subject();
      const key = randomUUID();
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'fresh' });
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'in-flight' });
      expect(await elsewhere.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'in-flight' });
    });

    it('goes to one of 200 callers at once', async () => {
      const { store, elsewhere } = await subject();
      const key = randomUUID();
      const states = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          (n % 2 === 0 ? store : elsewhere).begin(key, 'print', LEASE, aCall()),
        ),
      );
      expect(tally(states)).toEqual({ fresh: 1, 'in-flight': 199 });
    });

    it('is refused to another request, while the first is in flight and after it died', async () => {
      const { store, advance } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      expect(await store.begin(key, 'other', LEASE, aCall())).toEqual({ state: 'mismatch' });
      await advance(LEASE + 1_000);
      expect(await store.begin(key, 'other', LEASE, aCall())).toEqual({ state: 'mismatch' });
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'retry' });
    });

    it('ends with its lease, and the next try is a retry with a lease of its own', async () => {
      const { store, advance } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await advance(LEASE - 10_000);
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'in-flight' });
      await advance(11_000);
      for (let tries = 0; tries < 3; tries += 1) {
        expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'retry' });
        expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'in-flight' });
        await advance(LEASE + 1_000);
      }
    });

    it('is retried by one of 200 callers at once when its lease is over', async () => {
      const { store, elsewhere, advance } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await advance(LEASE + 1_000);
      const states = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          (n % 2 === 0 ? store : elsewhere).begin(key, 'print', LEASE, aCall()),
        ),
      );
      expect(tally(states)).toEqual({ retry: 1, 'in-flight': 199 });
    });

    it('that died is forgotten 24 hours after its lease', async () => {
      const { store, advance } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await advance(LEASE + ANSWER_KEPT_MS - 10_000);
      expect(await store.begin(key, 'other', LEASE, aCall())).toEqual({ state: 'mismatch' });
      await advance(11_000);
      expect(await store.begin(key, 'other', LEASE, aCall())).toEqual({ state: 'fresh' });
    });

    it('is free at once when abandoned, for another request too', async () => {
      const { store, elsewhere } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await elsewhere.abandon(key, aCall());
      expect(await store.begin(key, 'other', LEASE, aCall())).toEqual({ state: 'fresh' });
    });

    it('is held by one at a time when 100 callers take and abandon it', async () => {
      const { store } = await subject();
      const key = randomUUID();
      let holders = 0;
      let mostHolders = 0;
      const work = async () => {
        const { state } = await store.begin(key, 'print', LEASE, aCall());
        if (state !== 'fresh') return state;
        holders += 1;
        mostHolders = Math.max(mostHolders, holders);
        await Promise.resolve();
        holders -= 1;
        await store.abandon(key, aCall());
        return state;
      };
      const states = await Promise.all(Array.from({ length: 100 }, work));
      expect(mostHolders).toBe(1);
      expect(states.filter((state) => state !== 'fresh' && state !== 'in-flight')).toEqual([]);
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'fresh' });
    });

    it('is not made for a caller who has gone', async () => {
      const { store } = await subject();
      const key = randomUUID();
      const call = anAbortedCall();
      await expect(store.begin(key, 'print', LEASE, call)).rejects.toBe(call.reason);
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'fresh' });
    });
  });
}

function tally(states: readonly IdempotencyState[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
