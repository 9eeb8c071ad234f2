import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import type { Migrated, Phase } from '../../../src/ports/phase-store.ts';
import { aChange } from '../../contracts/phase-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import type { Flight, House } from './watch-fixture.ts';
import { aHouse, heldUp } from './watch-fixture.ts';

const LEASE_MS = 5000;

async function change({ store }: House, phase: Phase, dataSet: Migrated = 'programs'): Promise<void> {
  await store.change(dataSet, store.current(dataSet).epoch, aChange({ phase }), aCall());
}

const epochsTold = async ({ store }: House) => (await store.instances(aCall())).map(({ epochs }) => epochs);

describe('what an instance acts on', () => {
  it('is not known before it looked', () => {
    const watch = aHouse().aWatch();
    const view = { phase: 'off', readPercent: 0, epoch: 0, phaseEpoch: 0, known: false };
    expect(watch.current('programs')).toEqual(view);
    expect(watch.current('search')).toEqual(view);
  });

  it('is the record of each data set, and it says so at once', async () => {
    const house = aHouse();
    await change(house, 'dual-write');
    await house.store.change('programs', 1, aChange({ phase: 'read-fallback', readPercent: 10 }), aCall());
    await house.store.change('programs', 2, aChange({ phase: 'read-fallback', readPercent: 20 }), aCall());
    const watch = house.aWatch();
    expect(await watch.round(aCall())).toBe(0);
    expect(watch.current('programs')).toEqual({
      phase: 'read-fallback',
      readPercent: 20,
      epoch: 3,
      phaseEpoch: 2,
      known: true,
    });
    expect(watch.current('search')).toMatchObject({ phase: 'off', epoch: 0, known: true });
    expect(await epochsTold(house)).toEqual([{ programs: 3, search: 0 }]);
  });

  it('follows a change with the next look, and the same look tells the others', async () => {
    const house = aHouse();
    const watch = house.aWatch();
    await watch.round(aCall());
    await change(house, 'dual-write', 'search');
    await watch.round(aCall());
    expect(watch.current('search')).toMatchObject({ phase: 'dual-write', epoch: 1, known: true });
    expect(await epochsTold(house)).toEqual([{ programs: 0, search: 1 }]);
  });

  it('is the same object until it changes: views are taken with every read', async () => {
    const watch = aHouse().aWatch();
    await watch.round(aCall());
    expect(watch.current('programs')).toBe(watch.current('programs'));
  });
});

describe('the lease', () => {
  it('counts from the start of the look, however long the answer took', async () => {
    const { store, clock, aWatch } = aHouse();
    const watch = aWatch({
      phases: {
        async checkIn(...args) {
          const answer = await store.checkIn(...args);
          clock.advance(1200);
          return answer;
        },
      },
    });
    await watch.round(aCall());
    // The second check-in, which is the one that counts, began at 1,200.
    clock.advance(1200 + LEASE_MS - clock.elapsedMs() - 1);
    expect(watch.current('programs').known).toBe(true);
    clock.advance(1);
    expect(watch.current('programs').known).toBe(false);
  });

  it('goes on with each answer, and a machine clock that is set changes nothing', async () => {
    const { clock, aWatch } = aHouse();
    const watch = aWatch();
    for (let looks = 0; looks < 5; looks += 1) {
      await watch.round(aCall());
      clock.advance(LEASE_MS - 1);
      clock.set(clock.now() + (looks % 2 === 0 ? 86_400_000 : -86_400_000));
      expect(watch.current('search').known).toBe(true);
    }
  });

  it('ends while the store is away, and what was last known is still told', async () => {
    const house = aHouse();
    await change(house, 'dual-write');
    const away = { isAway: false };
    const watch = house.aWatch({
      phases: {
        checkIn: async (...args) => {
          if (away.isAway) throw new StoreUnavailable('the store', undefined);
          return house.store.checkIn(...args);
        },
      },
    });
    await watch.round(aCall());
    away.isAway = true;
    await expect(watch.round(aCall())).rejects.toBeInstanceOf(StoreUnavailable);
    expect(watch.current('programs')).toMatchObject({ phase: 'dual-write', known: true });
    house.clock.advance(LEASE_MS);
    expect(watch.current('programs')).toMatchObject({ phase: 'dual-write', epoch: 1, known: false });
    away.isAway = false;
    await watch.round(aCall());
    expect(watch.current('programs')).toMatchObject({ epoch: 1, known: true });
  });
});

describe('answers', () => {
  it('of a look that nobody waits for any more end it at once, and come to nothing', async () => {
    const house = aHouse();
    const flights: Flight[] = [];
    const watch = house.aWatch({ phases: heldUp(house.store, flights) });
    const impatient = new AbortController();
    const reason = new Error('took too long');
    const given = watch.round({ signal: impatient.signal });
    await flights[0]?.register();
    impatient.abort(reason);
    await expect(given).rejects.toBe(reason);
    flights[0]?.deliver();
    await turn();
    expect(flights).toHaveLength(1);
    expect(watch.current('programs').known).toBe(false);
  });

  it('that are older than one that came before them change nothing', async () => {
    const house = aHouse();
    const flights: Flight[] = [];
    const watch = house.aWatch({ phases: heldUp(house.store, flights) });
    const pass = async (index: number) => {
      await turn();
      await flights[index]?.register();
      flights[index]?.deliver();
      await turn();
    };
    const first = watch.round(aCall());
    await pass(0);
    await pass(1);
    await first;
    const slow = watch.round(aCall());
    await flights[2]?.register();
    await change(house, 'dual-write');
    const quick = watch.round(aCall());
    await pass(3);
    await pass(4);
    await quick;
    expect(watch.current('programs')).toMatchObject({ epoch: 1, known: true });
    flights[2]?.deliver();
    await slow;
    expect(watch.current('programs')).toMatchObject({ phase: 'dual-write', epoch: 1, known: true });
  });

  it('of the first check-in are not acted on: nobody saw the instance while they were made', async () => {
    const house = aHouse();
    const flights: Flight[] = [];
    const watch = house.aWatch({ phases: heldUp(house.store, flights) });
    const acted: number[] = [];
    watch.onChange((dataSet) => acted.push(watch.current(dataSet).epoch));
    await change(house, 'dual-write');
    const round = watch.round(aCall());
    flights[0]?.read();
    await change(house, 'read-fallback');
    await change(house, 'primary');
    await flights[0]?.register();
    flights[0]?.deliver();
    await turn();
    expect(watch.current('programs').known).toBe(false);
    for (const index of [1, 2]) {
      await flights[index]?.register();
      flights[index]?.deliver();
      await turn();
    }
    await round;
    expect(acted).toEqual([3]);
    expect(await epochsTold(house)).toEqual([{ programs: 3, search: 0 }]);
  });
});

describe('who listens to a watch', () => {
  it('hears of each data set that is acted on anew, until that is ended', async () => {
    const house = aHouse();
    const watch = house.aWatch();
    const heard: string[] = [];
    const endFirst = watch.onChange((dataSet) => heard.push(`first ${dataSet}`));
    watch.onChange((dataSet) => heard.push(`second ${dataSet}`));
    await watch.round(aCall());
    expect(heard).toEqual([]);
    await change(house, 'dual-write', 'search');
    await watch.round(aCall());
    expect(heard).toEqual(['first search', 'second search']);
    endFirst();
    await change(house, 'dual-write');
    await watch.round(aCall());
    expect(heard.slice(2)).toEqual(['second programs']);
  });

  it('can not keep the others, or the watch, from going on', async () => {
    const house = aHouse();
    const watch = house.aWatch();
    const heard = vi.fn();
    watch.onChange(() => {
      throw new Error('a fault of the listener');
    });
    watch.onChange(heard);
    await change(house, 'dual-write');
    await watch.round(aCall());
    expect(heard).toHaveBeenCalledExactlyOnceWith('programs');
    expect(house.failures).toEqual(['migration.phase-listener']);
    expect(await epochsTold(house)).toEqual([{ programs: 1, search: 0 }]);
  });
});
