import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/domain/json.ts';
import { ANSWER_KEPT_MS } from '../../../src/ports/idempotency-store.ts';
import { aCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { IdempotencySubject } from './fixture.ts';

const LEASE = 60_000;
const HOSTILE_ANSWER = JSON.parse(
  '{"__proto__":{"a":1},"constructor":null,"n":"\\u0000\\ud800"}',
) as JsonValue;
const ANSWERS: readonly JsonValue[] = [
  null,
  false,
  0,
  '',
  [],
  {},
  { status: 201, headers: { etag: '"1"' }, body: { tags: ['a', 'b'], score: 0.1 + 0.2, none: null } },
  [...HOSTILE_TEXTS],
  HOSTILE_ANSWER,
];

export function answersContract(subject: IdempotencySubject): void {
  describe('an answer', () => {
    it.each(ANSWERS)('is replayed as it was: %j', async (answer) => {
      const { store, elsewhere } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await store.complete(key, answer, aCall());
      for (const instance of [store, elsewhere]) {
        expect(await instance.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'replay', answer });
      }
    });

    it('keeps the order of its names, so that the bytes are the same again', async () => {
      const { store } = await subject();
      const key = randomUUID();
      const answer = { zebra: 1, apple: { y: 1, x: 2 }, 'a much longer name': 3 };
      await store.begin(key, 'print', LEASE, aCall());
      await store.complete(key, answer, aCall());
      const again = await store.begin(key, 'print', LEASE, aCall());
      expect(JSON.stringify('answer' in again && again.answer)).toBe(JSON.stringify(answer));
    });

    it('is not given to another request', async () => {
      const { store } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await store.complete(key, { secret: true }, aCall());
      expect(await store.begin(key, 'other', LEASE, aCall())).toEqual({ state: 'mismatch' });
    });

    it('is kept for 24 hours from its making, then the key is free', async () => {
      const { store, advance } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await advance(LEASE - 10_000);
      await store.complete(key, 1, aCall());
      await advance(ANSWER_KEPT_MS - 10_000);
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'replay', answer: 1 });
      await advance(11_000);
      expect(await store.begin(key, 'other', LEASE, aCall())).toEqual({ state: 'fresh' });
    });

    it('is not kept longer by being replayed', async () => {
      const { store, advance } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await store.complete(key, 1, aCall());
      for (let hours = 0; hours < 23; hours += 1) {
        await advance(3_600_000);
        await store.begin(key, 'print', LEASE, aCall());
      }
      await advance(3_601_000);
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'fresh' });
    });

    it('counts when it comes after the lease, and of two the first', async () => {
      const { store, advance } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await advance(LEASE + 1_000);
      await store.complete(key, 'first', aCall());
      await store.complete(key, 'second', aCall());
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'replay', answer: 'first' });
    });

    it('is not taken back by abandoning the key', async () => {
      const { store } = await subject();
      const key = randomUUID();
      await store.begin(key, 'print', LEASE, aCall());
      await store.complete(key, 'done', aCall());
      await store.abandon(key, aCall());
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'replay', answer: 'done' });
    });

    it('to a key that nobody took is not kept', async () => {
      const { store } = await subject();
      const key = randomUUID();
      await store.complete(key, 'stray', aCall());
      await store.abandon(key, aCall());
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({ state: 'fresh' });
    });

    it('is not changed by what callers do to their objects', async () => {
      const { store } = await subject();
      const key = randomUUID();
      const answer = { tags: ['kept'] };
      await store.begin(key, 'print', LEASE, aCall());
      await store.complete(key, answer, aCall());
      answer.tags.push('added');
      const got = await store.begin(key, 'print', LEASE, aCall());
      Object.assign('answer' in got ? (got.answer as object) : {}, { tags: 'changed' });
      expect(await store.begin(key, 'print', LEASE, aCall())).toEqual({
        state: 'replay',
        answer: { tags: ['kept'] },
      });
    });
  });
}
