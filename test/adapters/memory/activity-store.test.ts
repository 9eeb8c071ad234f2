import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createMemoryActivityStore } from '../../../src/adapters/memory/activity-store.ts';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { START_MS } from '../../contracts/activity-store/fixture.ts';
import { activityStoreContract } from '../../contracts/activity-store/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function aStore() {
  const clock = createFakeClock(START_MS);
  const restart = () => createMemoryActivityStore({ clock, ids: { next: randomUUID } });
  return { clock, store: restart(), restart, differences: memoryDifferences.activityStore };
}

describe('memory ActivityStore', () => {
  activityStoreContract(async () => aStore());

  test('no two stores are the same source of totals', async () => {
    const sources = [aStore(), aStore()].map(({ store }) => store.unconfirmedTotals(1, aCall()));
    expect(new Set((await Promise.all(sources)).map(({ source }) => source)).size).toBe(2);
  });
});
