import { expect, test } from 'vitest';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { LeasesSubject } from './fixture.ts';

const TTL = 60_000;

/** One holder at a time, whoever asks and from wherever. */
export function holdingContract(subject: LeasesSubject): void {
  test('who has a name keeps it from others, here and elsewhere, until it is given back', async () => {
    const { leases, elsewhere } = await subject();
    expect(await leases.acquire('relay', 'ann', TTL, aCall())).toBe(true);
    expect(await leases.acquire('relay', 'bob', TTL, aCall())).toBe(false);
    expect(await elsewhere.acquire('relay', 'bob', TTL, aCall())).toBe(false);
    await leases.release('relay', 'ann', aCall());
    expect(await elsewhere.acquire('relay', 'bob', TTL, aCall())).toBe(true);
    expect(await leases.acquire('relay', 'ann', TTL, aCall())).toBe(false);
  });

  test('names are apart, and one holder may have many', async () => {
    const { leases } = await subject();
    expect(await leases.acquire('a', 'ann', TTL, aCall())).toBe(true);
    expect(await leases.acquire('A', 'bob', TTL, aCall())).toBe(true);
    expect(await leases.acquire('b', 'ann', TTL, aCall())).toBe(true);
    await leases.release('a', 'ann', aCall());
    expect(await leases.acquire('b', 'bob', TTL, aCall())).toBe(false);
  });

  test('nobody gives back what another holds, or what nobody holds', async () => {
    const { leases, elsewhere } = await subject();
    await leases.release('relay', 'bob', aCall());
    expect(await leases.acquire('relay', 'ann', TTL, aCall())).toBe(true);
    await elsewhere.release('relay', 'bob', aCall());
    expect(await elsewhere.acquire('relay', 'bob', TTL, aCall())).toBe(false);
    await leases.release('relay', 'ann', aCall());
    await leases.release('relay', 'ann', aCall());
    expect(await elsewhere.acquire('relay', 'bob', TTL, aCall())).toBe(true);
  });

  test('of 200 that ask at once, on two instances, exactly one gets it', async () => {
    const { leases, elsewhere } = await subject();
    const won = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? leases : elsewhere).acquire('relay', `holder-${index}`, TTL, aCall()),
      ),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    const winner = `holder-${won.indexOf(true)}`;
    expect(await elsewhere.acquire('relay', winner, TTL, aCall())).toBe(true);
  });

  test('any text is a name and a holder', async () => {
    const { leases } = await subject();
    for (const text of HOSTILE_TEXTS) {
      expect(await leases.acquire(text, text, TTL, aCall())).toBe(true);
      expect(await leases.acquire(text, `${text}!`, TTL, aCall())).toBe(false);
    }
    for (const text of HOSTILE_TEXTS) {
      await leases.release(text, text, aCall());
      expect(await leases.acquire(text, 'ann', TTL, aCall())).toBe(true);
    }
  });

  test('a call that nobody waits for rejects with its reason and takes nothing', async () => {
    const { leases } = await subject();
    const gone = anAbortedCall();
    await expect(leases.acquire('relay', 'ann', TTL, gone)).rejects.toBe(gone.reason);
    expect(await leases.acquire('relay', 'bob', TTL, aCall())).toBe(true);
    await expect(leases.release('relay', 'bob', gone)).rejects.toBe(gone.reason);
    expect(await leases.acquire('relay', 'ann', TTL, aCall())).toBe(false);
  });
}
