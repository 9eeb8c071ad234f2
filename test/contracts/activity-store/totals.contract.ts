import { expect, test } from 'vitest';
import type { ViewTotal } from '../../../src/ports/program-catalog.ts';
import { aCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import { aView, readUnconfirmed } from './fixture.ts';

/** Totals travel until they are confirmed. */
export function totalsContract(make: MakeActivity): void {
  const views = (programId: string, count: number) =>
    Array.from({ length: count }, () => aView({ programId }));

  test('a total waits until it is confirmed, and again when it has grown', async () => {
    const { store } = await make();
    await store.recordViews([...views('a', 3), ...views('b', 1)], aCall());
    expect(await readUnconfirmed(store)).toEqual(
      new Map([
        ['a', 3],
        ['b', 1],
      ]),
    );
    await store.confirmTotals([{ programId: 'a', total: 3 }], aCall());
    expect(await readUnconfirmed(store)).toEqual(new Map([['b', 1]]));
    await store.recordViews(views('a', 2), aCall());
    expect(await readUnconfirmed(store)).toEqual(
      new Map([
        ['a', 5],
        ['b', 1],
      ]),
    );
  });

  test('one that grew meanwhile stays unconfirmed', async () => {
    const { store } = await make();
    await store.recordViews(views('a', 3), aCall());
    const { totals } = await store.unconfirmedTotals(10, aCall());
    await store.recordViews(views('a', 1), aCall());
    await store.confirmTotals(totals, aCall());
    expect(await readUnconfirmed(store)).toEqual(new Map([['a', 4]]));
  });

  test('repeats, older totals, unknown programs and no totals change nothing', async () => {
    const { store } = await make();
    await store.recordViews(views('a', 3), aCall());
    const confirm = (...totals: ViewTotal[]) => store.confirmTotals(totals, aCall());
    await confirm({ programId: 'a', total: 3 });
    await confirm({ programId: 'a', total: 3 }, { programId: 'unknown', total: 7 });
    await confirm({ programId: 'a', total: 1 });
    await confirm();
    expect(await readUnconfirmed(store)).toEqual(new Map());
    await store.recordViews(views('unknown', 1), aCall());
    expect(await readUnconfirmed(store)).toEqual(new Map([['unknown', 1]]));
  });

  test('gives at most as many as asked, and those that wait longest first', async () => {
    const { store, clock } = await make();
    for (const programId of ['c', 'a', 'b']) {
      await store.recordViews(views(programId, 1), aCall());
      clock.advance(1);
    }
    const seen: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await store.recordViews(views('c', 1), aCall());
      clock.advance(1);
      const { totals } = await store.unconfirmedTotals(1, aCall());
      seen.push(...totals.map(({ programId }) => programId));
      await store.confirmTotals(totals, aCall());
      clock.advance(1);
    }
    expect(seen).toEqual(['c', 'a', 'b']);
  });

  test('the source has one name', async () => {
    const { store } = await make();
    const { source } = await store.unconfirmedTotals(1, aCall());
    expect(source).toMatch(/^\w+:[\w-]+$/);
    await store.recordViews(views('a', 1), aCall());
    expect((await store.unconfirmedTotals(1, aCall())).source).toBe(source);
  });

  test('carrying totals over while views come in ends with every view carried', async () => {
    const { store } = await make();
    const carried = new Map<string, number>();
    const carry = async () => {
      const { totals } = await store.unconfirmedTotals(3, aCall());
      for (const { programId, total } of totals) {
        carried.set(programId, Math.max(carried.get(programId) ?? 0, total));
      }
      await store.confirmTotals(totals, aCall());
      return totals.length;
    };
    const programs = ['a', 'b', 'c', 'd', 'e'];
    const writers = Array.from({ length: 40 }, async (_, turn) => {
      const order = turn % 2 === 0 ? programs : programs.toReversed();
      await store.recordViews(
        order.flatMap((programId) => views(programId, 2)),
        aCall(),
      );
    });
    const carriers = Array.from({ length: 20 }, () => carry());
    await Promise.all([...writers, ...carriers]);
    for (let rounds = 0; (await carry()) > 0; rounds += 1) expect(rounds).toBeLessThan(10);
    expect(carried).toEqual(new Map(programs.map((programId) => [programId, 80])));
  });
}
