import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryActivityStore } from '../../../src/adapters/memory/activity-store.ts';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import { rollUpViews } from '../../../src/domain/discovery/roll-up-views.ts';
import type { Views } from '../../../src/domain/discovery/views.ts';
import { createViews } from '../../../src/domain/discovery/views.ts';
import { createProgramChanges } from '../../../src/domain/program/changes.ts';
import type { ActivityStore } from '../../../src/ports/activity-store.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

let clock: FakeClock;
let catalog: ProgramCatalog;
let activity: ActivityStore;
let views: Views;

beforeEach(async () => {
  clock = createFakeClock();
  catalog = createMemoryProgramCatalog({ outbox: createMemoryOutbox({ clock }) });
  activity = createMemoryActivityStore({ clock, ids: { next: () => anId() } });
  views = createViews({ catalog, activity, clock });
  await catalog.putMany(
    [aDraft({ programId: 'a', viewCount: 100 }), aDraft({ programId: 'b' })],
    new Date(clock.now()),
    aCall(),
  );
});

const iso = (offsetMs: number) => new Date(clock.now() + offsetMs).toISOString();

describe('record', () => {
  it('counts a view once, however often its event comes', async () => {
    expect(await views.record({ programId: 'a', eventId: 'e1' }, aCall())).toBe('counted');
    expect(await views.record({ programId: 'a', eventId: 'e1' }, aCall())).toBe('duplicate');
  });

  it('needs a program that exists', async () => {
    await expect(views.record({ programId: 'none' }, aCall())).rejects.toMatchObject({
      code: 'program-not-found',
    });
  });

  it.each([
    [{ programId: 'a/b' }, '/programId'],
    [{ programId: 'a', userId: '' }, '/userId'],
    [{ programId: 'a', userId: 'x\u0000' }, '/userId'],
    [{ programId: 'a', eventId: 'e'.repeat(129) }, '/eventId'],
    [{ programId: 'a', positionSeconds: -1 }, '/positionSeconds'],
    [{ programId: 'a', durationSeconds: Number.POSITIVE_INFINITY }, '/durationSeconds'],
    [{ programId: 'a', occurredAt: 'yesterday' }, '/occurredAt'],
    [{ programId: 'a', occurredAt: '1999-12-31T23:59:59Z' }, '/occurredAt'],
    [{ programId: 'a', occurredAt: '2026-13-01T00:00:00Z' }, '/occurredAt'],
    [{ programId: 'a', occurredAt: '2025-02-30T00:00:00Z' }, '/occurredAt'],
    [{ programId: 'a', occurredAt: '2025-02-28T24:00:00Z' }, '/occurredAt'],
  ])('refuses %j', async (view, path) => {
    await expect(views.record(view, aCall())).rejects.toMatchObject({ faults: [{ path }] });
  });

  it('forgives clocks that run five minutes ahead, and no more', async () => {
    expect(await views.record({ programId: 'a', occurredAt: iso(300_000) }, aCall())).toBe('counted');
    await expect(views.record({ programId: 'a', occurredAt: iso(301_000) }, aCall())).rejects.toThrow(
      '5 minutes ahead',
    );
  });
});

describe('recordMany', () => {
  it('counts the right ones and says what is wrong with the others', async () => {
    const answer = await views.recordMany(
      [
        { programId: 'a', eventId: 'e' },
        { programId: 'none' },
        { programId: 'a', eventId: 'e' },
        { programId: 'b', userId: '' },
      ],
      aCall(),
    );
    expect(answer).toMatchObject({ accepted: 1, duplicates: 1, rejected: [{ index: 1 }, { index: 3 }] });
  });

  it('takes an empty list', async () => {
    expect(await views.recordMany([], aCall())).toEqual({ accepted: 0, duplicates: 0, rejected: [] });
  });
});

describe('recentlyViewed', () => {
  it('answers programs newest first, and leaves out what was deleted since', async () => {
    await views.record({ programId: 'a', userId: 'u', positionSeconds: 60, occurredAt: iso(-2000) }, aCall());
    await views.record({ programId: 'b', userId: 'u', occurredAt: iso(-1000) }, aCall());
    const { items } = await views.recentlyViewed('u', 10, undefined, aCall());
    expect(items.map(({ programId, positionSeconds }) => [programId, positionSeconds])).toEqual([
      ['b', null],
      ['a', 60],
    ]);
    await catalog.delete('b', { kind: 'any' }, new Date(clock.now()), aCall());
    expect((await views.recentlyViewed('u', 10, undefined, aCall())).items).toHaveLength(1);
  });

  it('forgets', async () => {
    await views.record({ programId: 'a', userId: 'u' }, aCall());
    await views.forget('u', undefined, aCall());
    expect((await views.recentlyViewed('u', 10, undefined, aCall())).items).toEqual([]);
  });
});

describe('rollUpViews', () => {
  const deps = () => ({ catalog, activity, clock, changes: createProgramChanges() });
  const viewCount = async (programId: string) => (await catalog.get(programId, aCall()))?.viewCount;

  it('adds counted views to what was imported, as a new version', async () => {
    for (let index = 0; index < 3; index += 1) await views.record({ programId: 'a' }, aCall());
    expect(await rollUpViews(deps(), aCall())).toBe(1);
    expect(await catalog.get('a', aCall())).toMatchObject({ viewCount: 103, version: 2 });
    expect(await rollUpViews(deps(), aCall())).toBe(0);
  });

  it('ends after one pass, however many views come in meanwhile', async () => {
    await views.record({ programId: 'a' }, aCall());
    const busy = {
      ...catalog,
      addViews: async (...args: Parameters<ProgramCatalog['addViews']>) => {
        await catalog.addViews(...args);
        await views.record({ programId: 'a' }, aCall());
      },
    };
    expect(await rollUpViews({ ...deps(), catalog: busy }, aCall())).toBe(1);
    expect(await catalog.get('a', aCall())).toMatchObject({ viewCount: 101, version: 2 });
  });

  it('adds nothing twice when it dies between the two stores', async () => {
    await views.record({ programId: 'a' }, aCall());
    const dying = { ...activity, confirmTotals: async () => Promise.reject(new Error('killed')) };
    await expect(rollUpViews({ ...deps(), activity: dying }, aCall())).rejects.toThrow('killed');
    await views.record({ programId: 'a' }, aCall());
    await rollUpViews(deps(), aCall());
    expect(await viewCount('a')).toBe(102);
  });

  it('adds up the counts of several stores', async () => {
    const other = createMemoryActivityStore({ clock, ids: { next: () => anId() } });
    await views.record({ programId: 'b' }, aCall());
    await createViews({ catalog, activity: other, clock }).record({ programId: 'b' }, aCall());
    await rollUpViews(deps(), aCall());
    await rollUpViews({ ...deps(), activity: other }, aCall());
    await rollUpViews(deps(), aCall());
    expect(await viewCount('b')).toBe(2);
  });
});
