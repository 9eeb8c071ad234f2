import { expect, test } from 'vitest';
import type { RecentPosition, View } from '../../../src/ports/activity-store.ts';
import { RECENT_VIEWS_KEPT } from '../../../src/ports/activity-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import { at, aView, dealt, HOSTILE_TEXTS, readRecent, readUnconfirmed } from './fixture.ts';

/** What each viewer saw last. */
export function recentViewsContract(make: MakeActivity): void {
  test('a viewer without views has an empty list', async () => {
    const { store } = await make();
    expect(await store.recentlyViewed(anId('u'), 10, undefined, aCall())).toEqual({
      items: [],
      next: undefined,
    });
  });

  test('newest first, a program once, with the time and position of its newest view', async () => {
    const { store } = await make();
    const userId = anId('u');
    const view = (programId: string, minute: number, positionSeconds?: number): View =>
      aView({
        userId,
        programId,
        occurredAt: at(minute * 60_000),
        ...(positionSeconds !== undefined && { positionSeconds }),
      });
    await store.recordViews([view('a', 1, 10), view('b', 2), view('a', 3, 12.5), view('c', 2, 0)], aCall());
    expect(await readRecent(store, userId)).toEqual([
      { programId: 'a', viewedAt: at(180_000), positionSeconds: 12.5 },
      { programId: 'b', viewedAt: at(120_000), positionSeconds: null },
      { programId: 'c', viewedAt: at(120_000), positionSeconds: 0 },
    ]);
  });

  test('the newest event time wins, in whatever order views arrive', async () => {
    const { store } = await make();
    const orders = [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
      [3, 1, 2],
    ];
    for (const order of orders) {
      const [together, apart] = [anId('u'), anId('u')];
      const viewOf = (userId: string, minute: number) =>
        aView({ userId, programId: 'p', occurredAt: at(minute), positionSeconds: minute });
      await store.recordViews(
        order.map((minute) => viewOf(together, minute)),
        aCall(),
      );
      for (const minute of order) await store.recordViews([viewOf(apart, minute)], aCall());
      const newest = [{ programId: 'p', viewedAt: at(3), positionSeconds: 3 }];
      expect([await readRecent(store, together), await readRecent(store, apart)]).toEqual([newest, newest]);
    }
  });

  test('of views at the same time the furthest position counts', async () => {
    const { store } = await make();
    const userId = anId('u');
    const positions = [20, undefined, 30, 10];
    const views = positions.map((positionSeconds) =>
      aView({ userId, programId: 'p', ...(positionSeconds !== undefined && { positionSeconds }) }),
    );
    await store.recordViews(views.slice(0, 2), aCall());
    for (const view of views.slice(2)) await store.recordViews([view], aCall());
    expect((await readRecent(store, userId))[0]?.positionSeconds).toBe(30);
  });

  test.each([1, 2, 3, 7, 50])(
    'pages of %i show each program once, in order, and then end',
    async (pageSize) => {
      const { store } = await make();
      const userId = anId('u');
      // Three programs at each moment: pages end in the middle of ties.
      const views = Array.from({ length: 42 }, (_, index) =>
        aView({ userId, programId: `p-${index}`, occurredAt: at(Math.floor(index / 3)) }),
      );
      await store.recordViews(views, aCall());
      const items = await readRecent(store, userId, pageSize);
      expect(items).toEqual((await store.recentlyViewed(userId, 42, undefined, aCall())).items);
      expect(new Set(items.map(({ programId }) => programId)).size).toBe(42);
      expect(items.slice(0, 4).map(({ programId }) => programId)).toEqual(['p-39', 'p-40', 'p-41', 'p-36']);
      expect((await store.recentlyViewed(userId, 42, undefined, aCall())).next).toBeUndefined();
    },
  );

  test('a position that is no longer in the list goes on from where it was', async () => {
    const { store } = await make();
    const userId = anId('u');
    await store.recordViews(
      ['a', 'b', 'c'].map((programId) => aView({ userId, programId })),
      aCall(),
    );
    const { next } = await store.recentlyViewed(userId, 2, undefined, aCall());
    await store.forgetRecentlyViewed(userId, 'b', aCall());
    expect(
      (await store.recentlyViewed(userId, 2, next, aCall())).items.map((view) => view.programId),
    ).toEqual(['c']);
    const beyond: RecentPosition = [0, 'z'];
    expect(await store.recentlyViewed(userId, 2, beyond, aCall())).toEqual({ items: [], next: undefined });
  });

  test('keeps the newest 200, whatever order they come in', async () => {
    const { store } = await make();
    for (const order of [(all: View[]) => all, (all: View[]) => all.toReversed()]) {
      const userId = anId('u');
      const views = order(
        Array.from({ length: 230 }, (_, minute) =>
          aView({
            userId,
            programId: `p-${String(minute).padStart(3, '0')}`,
            occurredAt: at(minute * 60_000),
          }),
        ),
      );
      for (const part of [views.slice(0, 120), views.slice(120)]) await store.recordViews(part, aCall());
      const items = await readRecent(store, userId, 64);
      expect(items).toHaveLength(RECENT_VIEWS_KEPT);
      expect([items[0]?.programId, items.at(-1)?.programId]).toEqual(['p-229', 'p-030']);
      await store.forgetRecentlyViewed(userId, 'p-229', aCall());
      expect((await readRecent(store, userId)).at(-1)?.programId).toBe('p-030');
    }
  });

  test('a full list keeps the newest 200 while many callers add to it at once', async () => {
    const { store } = await make();
    const userId = anId('u');
    const views = Array.from({ length: 600 }, (_, index) =>
      aView({ userId, programId: `p-${(index * 7) % 300}`, occurredAt: at(index) }),
    );
    await Promise.all(dealt(views, 60).map((part) => store.recordViews(part, aCall())));
    const newest = new Map(views.map((view) => [view.programId, view.occurredAt]));
    const expected = [...newest]
      .sort(([, a], [, b]) => b.getTime() - a.getTime())
      .slice(0, RECENT_VIEWS_KEPT);
    const found = (await readRecent(store, userId)).map(({ programId, viewedAt }) => [programId, viewedAt]);
    expect(found).toEqual(expected);
  });

  test('forgets one program, or all, of one viewer; totals and trends stay', async () => {
    const { store } = await make();
    const [userId, other] = [anId('u'), anId('u')];
    const views = ['a', 'b', 'c'].flatMap((programId) =>
      [userId, other].map((viewer) => aView({ userId: viewer, programId })),
    );
    await store.recordViews(views, aCall());
    const idsOf = async (viewer: string) =>
      (await readRecent(store, viewer)).map(({ programId }) => programId);
    await store.forgetRecentlyViewed(userId, 'b', aCall());
    expect(await idsOf(userId)).toEqual(['a', 'c']);
    await store.forgetRecentlyViewed(userId, 'b', aCall());
    await store.forgetRecentlyViewed(userId, 'never seen', aCall());
    await store.forgetRecentlyViewed(userId, undefined, aCall());
    await store.forgetRecentlyViewed(userId, undefined, aCall());
    expect(await idsOf(userId)).toEqual([]);
    expect(await idsOf(other)).toEqual(['a', 'b', 'c']);
    expect((await readUnconfirmed(store)).get('b')).toBe(2);
    expect(await store.trending({ window: '1h', filter: {}, limit: 10 }, aCall())).toHaveLength(3);
  });

  test('what was forgotten comes back with the next view', async () => {
    const { store } = await make();
    const userId = anId('u');
    await store.recordViews([aView({ userId, programId: 'p', occurredAt: at(5) })], aCall());
    await store.forgetRecentlyViewed(userId, 'p', aCall());
    await store.recordViews([aView({ userId, programId: 'p', occurredAt: at(3) })], aCall());
    expect((await readRecent(store, userId)).map(({ viewedAt }) => viewedAt)).toEqual([at(3)]);
  });

  test('views and forgetting at once: every call succeeds', async () => {
    const { store } = await make();
    const userId = anId('u');
    const programs = Array.from({ length: 100 }, (_, index) => `p-${index}`);
    const views = (turn: number) => {
      const inOrder = programs.map((programId) => aView({ userId, programId, occurredAt: at(turn) }));
      return turn % 2 === 0 ? inOrder : inOrder.toReversed();
    };
    await store.recordViews(views(0), aCall());
    const calls = Array.from({ length: 40 }, async (_, turn) => {
      if (turn % 3 === 2) return store.forgetRecentlyViewed(userId, undefined, aCall());
      await store.recordViews(views(turn), aCall());
    });
    await Promise.all(calls);
    await store.recordViews(views(99), aCall());
    expect(await readRecent(store, userId)).toHaveLength(100);
  });

  test('viewers are told apart to the letter', async () => {
    const { store } = await make();
    const views = HOSTILE_TEXTS.map((userId, index) => aView({ userId, programId: `p-${index}` }));
    await store.recordViews(views, aCall());
    for (const [index, userId] of HOSTILE_TEXTS.entries()) {
      expect((await readRecent(store, userId)).map(({ programId }) => programId)).toEqual([`p-${index}`]);
    }
    const [first = '', second = ''] = HOSTILE_TEXTS;
    await store.forgetRecentlyViewed(first, undefined, aCall());
    expect([(await readRecent(store, first)).length, (await readRecent(store, second)).length]).toEqual([
      0, 1,
    ]);
  });

  test('lists that were handed out do not change', async () => {
    const { store } = await make();
    const userId = anId('u');
    const occurredAt = at(1);
    await store.recordViews([aView({ userId, occurredAt })], aCall());
    occurredAt.setTime(0);
    const [view] = await readRecent(store, userId);
    view?.viewedAt.setTime(0);
    expect((await readRecent(store, userId))[0]?.viewedAt).toEqual(at(1));
  });
}
