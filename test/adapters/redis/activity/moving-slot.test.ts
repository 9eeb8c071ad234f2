import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRedisActivityStore } from '../../../../src/adapters/redis/activity-store.ts';
import { aView, readRecent, readUnconfirmed, START_MS } from '../../../contracts/activity-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { useMovingSlot } from '../../../support/redis-moving-slot.ts';

const cluster = useMovingSlot();

test('while the slot of views moves, a call that needs keys of both nodes is refused and changes nothing', async () => {
  const { client, keys, from, to, begin, move, end } = cluster();
  const store = createRedisActivityStore({
    client,
    keys,
    clock: createFakeClock(START_MS),
    ids: { next: randomUUID },
  });
  const view = aView({ programId: 'p', userId: 'u', eventId: 'e', positionSeconds: 7 });
  const another = { ...view, eventId: 'f' };
  await store.recordViews([view], aCall());
  const names = (await from.keys('*')).toSorted();

  await begin(keys.activity(''));
  for (const name of names) {
    await expect(store.recordViews([another], aCall())).rejects.toThrow();
    await move(name);
  }
  await expect(store.recordViews([another], aCall())).rejects.toThrow();
  await end(keys.activity(''));

  expect((await to.keys('*')).toSorted()).toEqual(names);
  expect(await store.recordViews([view, another], aCall())).toEqual(['duplicate', 'counted']);
  expect(await readUnconfirmed(store)).toEqual(new Map([['p', 2]]));
  expect(await readRecent(store, 'u')).toHaveLength(1);
});
