import { expect, test } from 'vitest';
import { EVENT_MEMORY_MS } from '../../../src/ports/activity-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import {
  at,
  aView,
  DAY_MS,
  dealt,
  HOSTILE_TEXTS,
  HOUR_MS,
  readRecent,
  readUnconfirmed,
  START_MS,
} from './fixture.ts';

/** Every view counts, and every event once. */
export function countingContract(make: MakeActivity): void {
  test('no views: nothing happens', async () => {
    const { store } = await make();
    expect(await store.recordViews([], aCall())).toEqual([]);
    expect(await readUnconfirmed(store)).toEqual(new Map());
  });

  test('views without an event all count', async () => {
    const { store } = await make();
    const view = aView();
    expect(await store.recordViews([view, view], aCall())).toEqual(['counted', 'counted']);
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
    expect(await readUnconfirmed(store)).toEqual(new Map([[view.programId, 3]]));
  });

  test('an event counts once in a call and over calls, and outcomes are in order', async () => {
    const { store } = await make();
    const [first, second] = [aView({ eventId: anId('e') }), aView({ eventId: anId('e') })];
    const outcomes = await store.recordViews([first, second, first, aView(), second], aCall());
    expect(outcomes).toEqual(['counted', 'counted', 'duplicate', 'counted', 'duplicate']);
    expect(await store.recordViews([second, first], aCall())).toEqual(['duplicate', 'duplicate']);
    const totals = await readUnconfirmed(store);
    expect([totals.get(first.programId), totals.get(second.programId)]).toEqual([1, 1]);
  });

  test('of a repeated event the first view counts, whatever the others say', async () => {
    const { store } = await make();
    const eventId = anId('e');
    const userId = anId('u');
    const [one, other] = [aView({ eventId, userId }), aView({ eventId, userId })];
    await store.recordViews([one, other], aCall());
    await store.recordViews([other], aCall());
    expect(await readUnconfirmed(store)).toEqual(new Map([[one.programId, 1]]));
    expect((await readRecent(store, userId)).map(({ programId }) => programId)).toEqual([one.programId]);
  });

  test('200 callers with one event: it counts once', async () => {
    const { store } = await make();
    const view = aView({ eventId: anId('e'), userId: anId('u') });
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async () => store.recordViews([view], aCall())),
    );
    expect(outcomes.flat().filter((outcome) => outcome === 'counted')).toHaveLength(1);
    expect(await readUnconfirmed(store)).toEqual(new Map([[view.programId, 1]]));
  });

  test('200 callers with one program and one viewer: every view counts, and the newest is shown', async () => {
    const { store } = await make();
    const userId = anId('u');
    const views = Array.from({ length: 200 }, (_, turn) =>
      aView({
        userId,
        programId: 'p',
        eventId: anId('e'),
        // Four views at each moment: one of them is the furthest.
        occurredAt: at(-HOUR_MS * (((turn * 7) % 200) >> 2)),
        positionSeconds: turn,
      }),
    );
    const outcomes = await Promise.all(views.map((view) => store.recordViews([view], aCall())));
    expect(outcomes.flat()).toEqual(Array(200).fill('counted'));
    expect(await readUnconfirmed(store)).toEqual(new Map([['p', 200]]));
    const [trend] = await store.trending({ window: '1h', filter: {}, limit: 10 }, aCall());
    expect(trend?.score).toBeCloseTo(8 * (1 - 2 ** -50), 9);
    const newest = views.filter(({ occurredAt }) => occurredAt.getTime() === START_MS);
    const furthest = Math.max(...newest.map(({ positionSeconds = -1 }) => positionSeconds));
    expect(await readRecent(store, userId)).toEqual([
      { programId: 'p', viewedAt: at(0), positionSeconds: furthest },
    ]);
  });

  test('callers at once with the same events, programs and viewers in other orders lose and repeat nothing', async () => {
    const { store } = await make();
    const users = Array.from({ length: 5 }, () => anId('u'));
    const views = Array.from({ length: 60 }, (_, index) =>
      aView({ programId: `p-${index % 12}`, eventId: anId('e'), userId: users[index % 5] ?? '' }),
    );
    const calls = Array.from({ length: 40 }, (_, turn) => [...views.slice(turn), ...views.slice(0, turn)]);
    const orders = calls.map((call, turn) => (turn % 2 === 0 ? call : call.toReversed()));
    const outcomes = await Promise.all(orders.map((order) => store.recordViews(order, aCall())));
    expect(outcomes.flat().filter((outcome) => outcome === 'counted')).toHaveLength(60);
    const totals = await readUnconfirmed(store);
    expect([...totals.values()]).toEqual(Array(12).fill(5));
  });

  test('1,000 views in one call', async () => {
    const { store } = await make();
    const views = Array.from({ length: 1000 }, (_, index) =>
      aView({ programId: `p-${index % 300}`, userId: `u-${index % 70}`, eventId: anId('e') }),
    );
    expect(new Set(await store.recordViews(views, aCall()))).toEqual(new Set(['counted']));
    const totals = await readUnconfirmed(store);
    expect(totals.size).toBe(300);
    expect([...totals.values()].reduce((sum, total) => sum + total, 0)).toBe(1000);
  });

  test('an event is remembered for seven days from when it was first seen', async () => {
    const { store, clock } = await make();
    const view = aView({ eventId: anId('e') });
    await store.recordViews([view], aCall());
    clock.advance(EVENT_MEMORY_MS);
    expect(await store.recordViews([view], aCall())).toEqual(['duplicate']);
    clock.advance(1);
    expect(await store.recordViews([view, view], aCall())).toEqual(['counted', 'duplicate']);
    clock.advance(EVENT_MEMORY_MS);
    expect(await store.recordViews([view], aCall())).toEqual(['duplicate']);
  });

  test('an event stays remembered when the clock is set back', async () => {
    const { store, clock } = await make();
    const view = aView({ eventId: anId('e') });
    await store.recordViews([view], aCall());
    clock.advance(-2 * DAY_MS);
    expect(await store.recordViews([view], aCall())).toEqual(['duplicate']);
    clock.advance(2 * DAY_MS + EVENT_MEMORY_MS);
    expect(await store.recordViews([view], aCall())).toEqual(['duplicate']);
    clock.advance(1);
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
  });

  test('events are told apart to the letter', async () => {
    const { store } = await make();
    const views = HOSTILE_TEXTS.map((eventId) => aView({ eventId }));
    for (const part of dealt(views, 3)) await store.recordViews(part, aCall());
    expect(new Set(await store.recordViews(views, aCall()))).toEqual(new Set(['duplicate']));
    expect((await readUnconfirmed(store)).size).toBe(HOSTILE_TEXTS.length);
  });

  test('a call that was given up rejects with its reason and changes nothing', async () => {
    const { store } = await make();
    const gone = anAbortedCall();
    const view = aView({ eventId: anId('e'), userId: anId('u') });
    await expect(store.recordViews([view], gone)).rejects.toBe(gone.reason);
    await expect(store.trending({ window: '1h', filter: {}, limit: 1 }, gone)).rejects.toBe(gone.reason);
    await expect(store.trendingCategories('1h', 1, gone)).rejects.toBe(gone.reason);
    await expect(store.recentlyViewed('u', 1, undefined, gone)).rejects.toBe(gone.reason);
    await expect(store.forgetRecentlyViewed('u', undefined, gone)).rejects.toBe(gone.reason);
    await expect(store.unconfirmedTotals(1, gone)).rejects.toBe(gone.reason);
    await expect(store.confirmTotals([{ programId: 'p', total: 1 }], gone)).rejects.toBe(gone.reason);
    expect(await readUnconfirmed(store)).toEqual(new Map());
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
  });
}
