import { expect, test } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { LeasesSubject } from './fixture.ts';

const TTL = 60_000;

/** A lease ends by itself, and its holder can keep it. */
export function timeContract(subject: LeasesSubject): void {
  test('a lease that was not renewed is free when its time is over, not before', async () => {
    const { leases, elsewhere, advance } = await subject();
    await leases.acquire('relay', 'ann', TTL, aCall());
    await advance(TTL - 10_000);
    expect(await elsewhere.acquire('relay', 'bob', TTL, aCall())).toBe(false);
    await advance(10_001);
    expect(await elsewhere.acquire('relay', 'bob', TTL, aCall())).toBe(true);
    expect(await leases.acquire('relay', 'ann', TTL, aCall())).toBe(false);
  });

  test('the holder renews it: its time begins anew', async () => {
    const { leases, advance } = await subject();
    await leases.acquire('relay', 'ann', TTL, aCall());
    for (let renewals = 0; renewals < 3; renewals += 1) {
      await advance(TTL - 10_000);
      expect(await leases.acquire('relay', 'bob', TTL, aCall())).toBe(false);
      expect(await leases.acquire('relay', 'ann', TTL, aCall())).toBe(true);
    }
    await advance(TTL + 1);
    expect(await leases.acquire('relay', 'bob', TTL, aCall())).toBe(true);
  });

  test('a renewal may also shorten it', async () => {
    const { leases, advance } = await subject();
    await leases.acquire('relay', 'ann', 10 * TTL, aCall());
    await leases.acquire('relay', 'ann', TTL, aCall());
    await advance(TTL + 1);
    expect(await leases.acquire('relay', 'bob', TTL, aCall())).toBe(true);
  });

  test('of 200 that ask when a lease is over exactly one gets it', async () => {
    const { leases, elsewhere, advance } = await subject();
    await leases.acquire('relay', 'ann', TTL, aCall());
    await advance(TTL + 1);
    const won = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? leases : elsewhere).acquire('relay', `holder-${index}`, TTL, aCall()),
      ),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  test('who was too slow gives nothing back', async () => {
    const { leases, elsewhere, advance } = await subject();
    await leases.acquire('relay', 'ann', TTL, aCall());
    await advance(TTL + 1);
    await elsewhere.acquire('relay', 'bob', TTL, aCall());
    await leases.release('relay', 'ann', aCall());
    expect(await leases.acquire('relay', 'ann', TTL, aCall())).toBe(false);
  });
}
