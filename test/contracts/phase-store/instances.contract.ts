import { expect, test } from 'vitest';
import type { PhaseStore } from '../../../src/ports/phase-store.ts';
import { SILENT_INSTANCE_KEPT_MS } from '../../../src/ports/phase-store.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { PhaseStoreSubject } from './fixture.ts';
import { aChange } from './fixture.ts';

const NOTHING = { programs: 0, search: 0 };

const idsOf = async (store: PhaseStore) => (await store.instances(aCall())).map((each) => each.instanceId);

/** Who runs, and what each acts on. */
export function instancesContract(subject: PhaseStoreSubject): void {
  test('nobody has checked in at first', async () => {
    const { store } = await subject();
    expect(await store.instances(aCall())).toEqual([]);
  });

  test('a check-in answers what is in force for each data set, as a read does', async () => {
    const { store, other } = await subject();
    const never = await store.checkIn('a', NOTHING, aCall());
    expect(never).toMatchObject({ programs: { phase: 'off', epoch: 0 }, search: { phase: 'off', epoch: 0 } });
    await store.change('search', 0, aChange(), aCall());
    await store.change('search', 1, aChange({ phase: 'read-fallback', readPercent: 5 }), aCall());
    expect(await other.checkIn('a', NOTHING, aCall())).toEqual({
      programs: await store.read('programs', aCall()),
      search: await store.read('search', aCall()),
    });
  });

  test('instances are told by id, each with what it said last and how long ago that was', async () => {
    const { store, other, advance } = await subject();
    await store.checkIn('b', { programs: 3, search: 1 }, aCall());
    await advance(2000);
    await other.checkIn('a', { programs: 4, search: 1 }, aCall());
    await other.checkIn('c', NOTHING, aCall());
    await store.checkIn('c', { programs: 9_007_199_254_740_991, search: 2 }, aCall());
    const told = await store.instances(aCall());
    expect(told).toEqual([
      { instanceId: 'a', epochs: { programs: 4, search: 1 }, ageMs: expect.any(Number) },
      { instanceId: 'b', epochs: { programs: 3, search: 1 }, ageMs: expect.any(Number) },
      {
        instanceId: 'c',
        epochs: { programs: 9_007_199_254_740_991, search: 2 },
        ageMs: expect.any(Number),
      },
    ]);
    const [a, b, c] = told.map(({ ageMs }) => ageMs);
    expect(b).toBeGreaterThanOrEqual(2000);
    expect(Math.min(a ?? -1, c ?? -1)).toBeGreaterThanOrEqual(0);
    expect(Math.max(a ?? 0, c ?? 0)).toBeLessThan(2000);
  });

  test('who checked out is not told any more, and may come back', async () => {
    const { store, other } = await subject();
    await store.checkIn('a', NOTHING, aCall());
    await store.checkIn('b', NOTHING, aCall());
    await other.checkOut('a', aCall());
    await other.checkOut('a', aCall());
    await other.checkOut('nobody', aCall());
    expect(await idsOf(store)).toEqual(['b']);
    await store.checkIn('a', NOTHING, aCall());
    expect(await idsOf(other)).toEqual(['a', 'b']);
  });

  test('who was silent for an hour is forgotten when another checks in, one that comes back then is not', async () => {
    const { store, advance } = await subject();
    await store.checkIn('silent', NOTHING, aCall());
    await store.checkIn('late', NOTHING, aCall());
    await advance(SILENT_INSTANCE_KEPT_MS - 10_000);
    await store.checkIn('b', NOTHING, aCall());
    expect(await idsOf(store)).toEqual(['b', 'late', 'silent']);
    await advance(10_001);
    await store.checkIn('late', { programs: 1, search: 1 }, aCall());
    expect(await idsOf(store)).toEqual(['b', 'late']);
  });

  test('many that check in at once are all told, and forget the silent ones without waiting for each other', async () => {
    const { store, other, advance } = await subject();
    const old = Array.from({ length: 50 }, (_, index) => `old-${index}`);
    await Promise.all(old.map((id) => store.checkIn(id, NOTHING, aCall())));
    await advance(SILENT_INSTANCE_KEPT_MS + 1);
    const ids = Array.from({ length: 200 }, (_, index) => `id-${index % 100}`);
    await Promise.all(
      [...ids, ...old.slice(0, 10)].map((id, index) =>
        (index % 2 === 0 ? store : other).checkIn(id, NOTHING, aCall()),
      ),
    );
    await store.checkIn('last', NOTHING, aCall());
    expect(await idsOf(other)).toEqual([...new Set([...ids, ...old.slice(0, 10), 'last'])].sort());
  });

  test('what a caller does to what it gave or got changes nothing', async () => {
    const { store } = await subject();
    const epochs = { programs: 1, search: 1 };
    const { programs } = await store.checkIn('a', epochs, aCall());
    epochs.programs = 7;
    Object.assign(programs, { epoch: 99 });
    programs.changedAt.setTime(1);
    const [told] = await store.instances(aCall());
    Object.assign(told?.epochs ?? {}, { search: 8 });
    expect(await store.instances(aCall())).toMatchObject([{ epochs: { programs: 1, search: 1 } }]);
    const again = (await store.checkIn('a', NOTHING, aCall())).programs;
    expect([again.epoch, again.changedAt]).toEqual([0, new Date(0)]);
  });

  test('any text is an id', async () => {
    const { store } = await subject();
    for (const id of HOSTILE_TEXTS) await store.checkIn(id, NOTHING, aCall());
    expect(new Set(await idsOf(store))).toEqual(new Set(HOSTILE_TEXTS));
    for (const id of HOSTILE_TEXTS) await store.checkOut(id, aCall());
    expect(await idsOf(store)).toEqual([]);
  });

  test('a call that nobody waits for rejects with its reason', async () => {
    const { store } = await subject();
    const gone = anAbortedCall();
    await expect(store.checkIn('a', NOTHING, gone)).rejects.toBe(gone.reason);
    expect(await store.instances(aCall())).toEqual([]);
    await store.checkIn('a', NOTHING, aCall());
    await expect(store.checkOut('a', gone)).rejects.toBe(gone.reason);
    await expect(store.instances(gone)).rejects.toBe(gone.reason);
    expect(await idsOf(store)).toEqual(['a']);
  });
}
