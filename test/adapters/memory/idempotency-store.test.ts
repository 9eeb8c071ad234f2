import { describe, expect, it } from 'vitest';
import { createMemoryIdempotencyStore } from '../../../src/adapters/memory/idempotency-store.ts';
import { idempotencyStoreContract } from '../../contracts/idempotency-store/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

idempotencyStoreContract(async () => {
  const clock = createFakeClock();
  const store = createMemoryIdempotencyStore({ clock });
  return { store, elsewhere: store, advance: async (ms) => clock.advance(ms) };
});

describe('idempotency keys in memory', () => {
  it('are no more than the most allowed: the oldest answer goes, a key that is worked on stays', async () => {
    const store = createMemoryIdempotencyStore({ clock: createFakeClock(), maxKeys: 3 });
    const state = async (key: string) => (await store.begin(key, 'print', 60_000, aCall())).state;
    await state('working');
    for (const key of ['oldest', 'younger', 'youngest']) {
      await state(key);
      await store.complete(key, key, aCall());
    }
    expect(await state('working')).toBe('in-flight');
    expect(await state('younger')).toBe('replay');
    expect(await state('youngest')).toBe('replay');
    expect(await state('oldest')).toBe('fresh');
  });
});
