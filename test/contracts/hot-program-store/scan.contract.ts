import { describe, expect, it } from 'vitest';
import { isId } from '../../../src/domain/program/program.ts';
import type { HotEntry, HotProgramStore } from '../../../src/ports/hot-program-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aProgram, cardsOf, MINUTE_MS, putAll, seen } from './fixture.ts';

/** More pages than any of these scans can have. */
const ENDLESS = 20_000;

export function scanContract(subject: HotProgramSubject): void {
  describe('a scan', () => {
    it('has every program and every tombstone with its version, and nothing that has expired', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const [live, deleted, passing] = [7, 3, 1].map((version) => aProgram({ version }));
      if (live === undefined || deleted === undefined || passing === undefined) throw new Error('three');
      const never = anId();
      await putAll(store, [live, deleted]);
      await store.put(passing, { ttlMs: MINUTE_MS }, aCall());
      await store.delete({ programId: deleted.programId, version: 4 }, aCall());
      await store.delete({ programId: never, version: 9 }, aCall());
      const ids = [live, deleted, passing].map(({ programId }) => programId).concat(never);
      const expected = [
        { programId: live.programId, version: 7, state: 'live' },
        { programId: deleted.programId, version: 4, state: 'tombstone' },
        { programId: never, version: 9, state: 'tombstone' },
      ];
      const passes = { programId: passing.programId, version: 1, state: 'live' };
      await seen(fixture, async () => expectEntries(await scanAll(store, 100), ids, [...expected, passes]));
      clock.advance(MINUTE_MS);
      await seen(fixture, async () => expectEntries(await scanAll(store, 100), ids, expected));
    });

    it.each([3, 25, 1_000, 1_000_000])('has it all in pages of at most %i', async (limit) => {
      const fixture = await subject();
      const programs = Array.from({ length: 60 }, (_, n) => aProgram({ version: n + 1 }));
      await putAll(fixture.store, programs);
      const ids = programs.map(({ programId }) => programId);
      const expected = programs.map(({ programId, version }) => ({ programId, version, state: 'live' }));
      await seen(fixture, async () => expectEntries(await scanAll(fixture.store, limit), ids, expected));
    });

    it('goes on past more than 1 MB of programs', async () => {
      const fixture = await subject();
      const text = 'm'.repeat(150_000);
      const programs = Array.from({ length: 20 }, () => aProgram({ metadata: { text } }));
      await putAll(fixture.store, programs);
      const ids = programs.map(({ programId }) => programId);
      await seen(fixture, async () => {
        const entries = await scanAll(fixture.store, 1_000);
        expect(entries.map(({ programId }) => programId)).toEqual(expect.arrayContaining(ids));
      });
    });

    it('has no part of a list', async () => {
      const { store } = await subject();
      const cards = cardsOf(120);
      await store.saveList(anId('list'), cards, 60 * MINUTE_MS, aCall());
      const entries = await scanAll(store, 1_000);
      expect(entries.filter(({ programId }) => !isId(programId))).toEqual([]);
      const inList = new Set(cards.map(({ programId }) => programId));
      expect(entries.filter(({ programId }) => inList.has(programId))).toEqual([]);
    });

    it('has all that was there throughout, whatever is written meanwhile', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const programs = Array.from({ length: 120 }, () => aProgram());
      await putAll(store, programs);
      const ids = programs.map(({ programId }) => programId);
      await seen(fixture, async () => {
        const found = await scanAll(store, 1_000);
        expect(found.map(({ programId }) => programId)).toEqual(expect.arrayContaining(ids));
      });
      let at = 0;
      const disturb = async () => {
        at += 1;
        const [changing, passing, removed] = [at, 3 * at, 7 * at].map((n) => programs[n % 120] ?? aProgram());
        const writes = [
          store.put(aProgram(), {}, aCall()),
          store.put({ ...aProgram(), ...changing, version: 1 + at, title: 'changed' }, {}, aCall()),
          store.put({ ...aProgram(), ...passing }, { refresh: true }, aCall()),
          store.delete({ programId: removed?.programId ?? '', version: 1_000 + at }, aCall()),
          store.delete({ programId: anId(), version: 1 }, aCall()),
          store.put(aProgram(), { ttlMs: 1 }, aCall()),
        ];
        await Promise.all(writes);
      };
      const found = await scanAll(store, 9, disturb);
      expect(at).toBeGreaterThan(120 / 9 - 1);
      expect(found.map(({ programId }) => programId)).toEqual(expect.arrayContaining(ids));
    });

    it.each([
      ...HOSTILE_TEXTS,
      '',
      'x',
      '.',
      'e30',
      'W10',
      'WyIiXQ.',
      'WyJhIl0',
      '["a"]',
      'a.b.c',
      'x'.repeat(5_000),
    ])('refuses the cursor %j, which is none', async (cursor) => {
      const { store } = await subject();
      await expect(store.scan(cursor, 10, aCall())).rejects.toMatchObject({ code: 'invalid-cursor' });
    });

    it('refuses a cursor that was changed', async () => {
      const { store } = await subject();
      await putAll(store, [aProgram(), aProgram(), aProgram()]);
      const { next = '' } = await store.scan(undefined, 1, aCall());
      expect(next).not.toBe('');
      for (const cursor of [next.slice(1), next.slice(0, -1), `${next}x`, `x${next}`, next.toUpperCase()])
        await expect(store.scan(cursor, 1, aCall())).rejects.toMatchObject({ code: 'invalid-cursor' });
    });
  });
}

/** Every entry that a scan has, page by page, with something done between the pages. */
async function scanAll(
  store: HotProgramStore,
  limit: number,
  between: () => Promise<void> = async () => undefined,
): Promise<readonly HotEntry[]> {
  const found: HotEntry[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < ENDLESS; pages += 1) {
    const { entries, next } = await store.scan(cursor, limit, aCall());
    expect(entries.length).toBeLessThanOrEqual(limit);
    found.push(...entries);
    if (next === undefined) return found;
    cursor = next;
    await between();
  }
  throw new Error('the scan does not end');
}

/** Checks what a scan has of these ids; the store may hold others. An entry may come more than once. */
function expectEntries(
  found: readonly HotEntry[],
  ids: readonly string[],
  expected: readonly object[],
): void {
  const mine = new Map(
    found.filter(({ programId }) => ids.includes(programId)).map((entry) => [entry.programId, entry]),
  );
  expect([...mine.values()]).toHaveLength(expected.length);
  expect([...mine.values()]).toEqual(expect.arrayContaining([...expected]));
}
