import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { IdempotencySubject } from './fixture.ts';

const LEASE = 60_000;

export function keysContract(subject: IdempotencySubject): void {
  describe('keys', () => {
    it('are any text up to 512 characters, told apart to the character', async () => {
      const { store } = await subject();
      const unique = randomUUID();
      const long = unique.padEnd(511, '\u{10ffff}');
      const endings = [...HOSTILE_TEXTS, '', '\u0000', '\ud800', '\udbff', 'A', 'a', '\u00e9', 'e\u0301'];
      const keys = [...endings.map((ending) => `${unique}${ending}`), `${long}a`, `${long}b`, `${long}`];
      for (const key of keys) {
        expect(await store.begin(key, `of ${keys.indexOf(key)}`, LEASE, aCall())).toEqual({ state: 'fresh' });
        await store.complete(key, keys.indexOf(key), aCall());
      }
      for (const [answer, key] of keys.entries()) {
        const again = await store.begin(key, `of ${answer}`, LEASE, aCall());
        expect(again).toEqual({ state: 'replay', answer });
      }
    });

    it('do not stand in each other\u2019s way when 200 are taken at once', async () => {
      const { store, elsewhere } = await subject();
      const states = await Promise.all(
        Array.from({ length: 200 }, async (_, n) => {
          const key = randomUUID();
          const { state } = await store.begin(key, 'print', LEASE, aCall());
          await elsewhere.complete(key, n, aCall());
          return [state, await store.begin(key, 'print', LEASE, aCall())];
        }),
      );
      expect(states).toEqual(
        Array.from({ length: 200 }, (_, n) => ['fresh', { state: 'replay', answer: n }]),
      );
    });
  });
}
