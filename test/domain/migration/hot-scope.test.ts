import { describe, expect, it } from 'vitest';
import { ALL_PROGRAMS, createPopularScope } from '../../../src/domain/migration/hot-scope.ts';
import type { HotRead } from '../../../src/ports/hot-program-store.ts';
import { aCall } from '../../support/call.ts';
import { aHouse } from './fixture.ts';

const DAY = 24 * 3_600_000;
const HOUR = 3_600_000;
const MIN_VIEWS = 10_000;

async function aPopularScope(programs: number) {
  const { catalog, write } = aHouse();
  for (let rank = 0; rank < programs; rank += 1) await write(`p-${rank}`, { popularityScore: rank });
  const scope = createPopularScope({ catalog, minViews: MIN_VIEWS });
  return {
    scope,
    holds: (viewCount: number, popularityScore: number) => scope.holds({ viewCount, popularityScore }),
  };
}

describe('the scope of popular programs', () => {
  it('holds every program until it knows how popular they are', async () => {
    const { holds } = await aPopularScope(0);
    expect(holds(0, 0)).toBe(true);
  });

  it('holds all of up to a thousand', async () => {
    const { scope, holds } = await aPopularScope(999);
    await scope.refresh(aCall());
    expect(holds(0, 0)).toBe(true);
  });

  it('holds the thousand most popular, and those with many views', async () => {
    const { scope, holds } = await aPopularScope(1200);
    await scope.refresh(aCall());
    expect([holds(0, 200), holds(0, 199), holds(MIN_VIEWS, 0), holds(MIN_VIEWS - 1, 0)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('what is copied', () => {
  const scope = {
    name: 'popular',
    ttlMs: 30 * DAY,
    holds: ({ viewCount }: { viewCount: number }) => viewCount > 0,
  } as const;

  async function copied(viewCount: number, origin: 'relay' | 'backfill', afterMs: number): Promise<HotRead> {
    const { set, write, hot, clock } = aHouse({ scope });
    const program = await write('a', { viewCount });
    await set.writeCopy({ key: 'a', version: 1, value: program }, { origin, refresh: false }, aCall());
    clock.advance(afterMs);
    return hot.get('a', aCall());
  }

  it.each([
    ['a popular program stays for 30 days', 1, 'backfill', 30 * DAY - 1, 'hit'],
    ['and no longer', 1, 'relay', 30 * DAY, 'expired'],
    [
      'another one that was just written for an hour, so that no older copy comes after it',
      0,
      'relay',
      HOUR - 1,
      'hit',
    ],
    ['and no longer', 0, 'relay', HOUR, 'expired'],
    ['another one that is old is passed over', 0, 'backfill', 0, 'miss'],
  ] as const)('%s', async (_name, views, origin, afterMs, outcome) => {
    expect(await copied(views, origin, afterMs)).toMatchObject({ outcome });
  });

  it('of all programs is everything, for good', async () => {
    const { set, write, hot, clock } = aHouse({ scope: ALL_PROGRAMS });
    const program = await write('a', { viewCount: 0 });
    const how = { origin: 'backfill', refresh: false } as const;
    expect(await set.writeCopy({ key: 'a', version: 1, value: program }, how, aCall())).toBe('applied');
    clock.advance(1000 * DAY);
    expect(await hot.get('a', aCall())).toMatchObject({ outcome: 'hit' });
  });
});
