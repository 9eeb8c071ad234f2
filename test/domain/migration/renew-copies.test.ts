import { describe, expect, it } from 'vitest';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { createPopularScope } from '../../../src/domain/migration/hot-scope.ts';
import { relayCopies } from '../../../src/domain/migration/relay.ts';
import { RENEWAL_MS, renewCopies } from '../../../src/domain/migration/renew-copies.ts';
import { aCall } from '../../support/call.ts';
import { aHouse } from './fixture.ts';

const DAY_MS = 24 * 3_600_000;

async function aPopularHouse() {
  const { catalog } = aHouse();
  const scope = {
    ...createPopularScope({ catalog, minViews: 10 }),
    holds: ({ viewCount }: { viewCount: number }) => viewCount >= 10,
  };
  const house = aHouse({ scope });
  const leases = createMemoryLeases({ clock: house.clock });
  const renew = (instanceId = 'one') =>
    renewCopies({ set: house.set, outbox: house.outbox, leases, instanceId }, aCall());
  const relay = () =>
    relayCopies({ outbox: house.outbox, set: house.set, batch: 1000, concurrency: 8 }, aCall());
  await house.write('popular', { viewCount: 10 });
  await house.write('unpopular', { viewCount: 9 });
  await relay();
  return { house, renew, relay };
}

describe('the renewal of copies', () => {
  it('keeps a popular program that nobody writes past its 30 days, and no other', async () => {
    const { house, renew, relay } = await aPopularHouse();
    for (let day = 0; day < 40; day += 1) {
      house.clock.advance(RENEWAL_MS);
      expect(await renew()).toBe(1);
      await relay();
    }
    expect(40 * RENEWAL_MS).toBeGreaterThan(30 * DAY_MS);
    const [popular, unpopular] = await house.hot.getMany(['popular', 'unpopular'], aCall());
    expect(popular).toMatchObject({ outcome: 'hit', program: { version: 1 } });
    expect(unpopular?.outcome).not.toBe('hit');
  });

  it('is done once a day, by one instance', async () => {
    const { house, renew } = await aPopularHouse();
    const marked = await Promise.all(['one', 'two', 'three'].map((instanceId) => renew(instanceId)));
    expect(marked.toSorted()).toEqual([0, 0, 1]);
    house.clock.advance(RENEWAL_MS / 2);
    expect(await renew('two')).toBe(0);
    house.clock.advance(RENEWAL_MS / 2);
    expect(await renew('two')).toBe(1);
  });

  it('goes through all pages', async () => {
    const { house, renew } = await aPopularHouse();
    for (let index = 0; index < 1200; index += 1) await house.write(`p${index}`, { viewCount: 11 });
    expect(await renew()).toBe(1201);
  });
});
