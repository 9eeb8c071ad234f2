import { describe, expect, it } from 'vitest';
import { createMemorySearchLog } from '../../../src/adapters/memory/search-log.ts';
import { searchLogContract } from '../../contracts/search-log/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { aSearch } from '../../support/search-builders.ts';

searchLogContract(async () => {
  const clock = createFakeClock();
  const advance = async (ms: number) => clock.advance(ms);
  return { log: createMemorySearchLog({ clock }), now: clock.now, advance };
});

describe('the search log in memory', () => {
  it('keeps no more entries than it may, the newest ones', async () => {
    const clock = createFakeClock();
    const log = createMemorySearchLog({ clock, maxEntries: 3 });
    const searches = [4, 1, 5, 2, 3].map((ago) =>
      aSearch({ queryId: `${ago}`, at: new Date(clock.now() - ago) }),
    );
    for (const search of searches) await log.record([search], aCall());
    expect((await log.recent(9, aCall())).map(({ queryId }) => queryId)).toEqual(['1', '2', '3']);
  });

  it('takes an entry again that it had to let go', async () => {
    const clock = createFakeClock();
    const log = createMemorySearchLog({ clock, maxEntries: 1 });
    const [old, young] = [9, 1].map((ago) => aSearch({ at: new Date(clock.now() - ago) }));
    if (old === undefined || young === undefined) throw new Error('two searches were made');
    await log.record([old, young], aCall());
    await log.record([{ ...old, at: new Date(clock.now()) }], aCall());
    expect((await log.recent(9, aCall())).map(({ queryId }) => queryId)).toEqual([old.queryId]);
  });
});
