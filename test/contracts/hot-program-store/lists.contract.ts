import { describe, expect, it } from 'vitest';
import { LIST_SIZE } from '../../../src/ports/hot-program-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { HotProgramFixture, HotProgramSubject } from './fixture.ts';
import { aCard, aName, cardsOf, MINUTE_MS, START_MS, seen } from './fixture.ts';

const TTL_MS = 30 * MINUTE_MS;

/** The list as a reader sees it now, from a position on. */
function slice(
  { store }: HotProgramFixture,
  name: string,
  offset = 0,
  limit = LIST_SIZE,
  snapshotId?: string,
) {
  return store.list(name, { offset, limit, ...(snapshotId !== undefined && { snapshotId }) }, aCall());
}

/** The snapshot that readers see once they see `size` cards. */
async function snapshotOf(fixture: HotProgramFixture, name: string, size: number): Promise<string> {
  let snapshotId = '';
  await seen(fixture, async () => {
    const found = await slice(fixture, name, 0, 1);
    expect(found?.size).toBe(size);
    snapshotId = found?.snapshotId ?? '';
  });
  return snapshotId;
}

export function listsContract(subject: HotProgramSubject): void {
  describe('a ranked list', () => {
    it('that was never saved is not there, nor is a snapshot that never was', async () => {
      const fixture = await subject();
      const name = aName();
      expect(await slice(fixture, name)).toBeUndefined();
      await fixture.store.saveList(name, cardsOf(1), TTL_MS, aCall());
      for (const unknown of [anId(), '', ...HOSTILE_TEXTS])
        expect(await slice(fixture, name, 0, 10, unknown)).toBeUndefined();
    });

    it.each([0, 1, 49, 50, 51, 100, 999, LIST_SIZE])(
      'of %i cards comes back in parts of any size',
      async (size) => {
        const fixture = await subject();
        const name = aName();
        const cards = cardsOf(size);
        await fixture.store.saveList(name, cards, TTL_MS, aCall());
        const snapshotId = await snapshotOf(fixture, name, size);
        const parts = [
          [0, 1],
          [0, 20],
          [0, 50],
          [20, 50],
          [49, 2],
          [50, 50],
          [90, 200],
          [size - 1, 1],
          [0, LIST_SIZE],
        ];
        for (const [offset = 0, limit = 0] of parts.filter(([start = 0]) => start >= 0)) {
          const expected = {
            snapshotId,
            builtAt: new Date(START_MS),
            size,
            cards: cards.slice(offset, offset + limit),
          };
          expect(await slice(fixture, name, offset, limit)).toEqual(expected);
          expect(await slice(fixture, name, offset, limit, snapshotId)).toEqual(expected);
        }
      },
    );

    it('past its end is empty and tells its size', async () => {
      const fixture = await subject();
      for (const size of [0, 3, 50, 120]) {
        const name = aName();
        await fixture.store.saveList(name, cardsOf(size), TTL_MS, aCall());
        const snapshotId = await snapshotOf(fixture, name, size);
        for (const offset of [size, size + 1, size + 49, size + 50, 1_000, 1_000_000]) {
          expect(await slice(fixture, name, offset, 10)).toMatchObject({ snapshotId, size, cards: [] });
          expect(await slice(fixture, name, offset, 10, snapshotId)).toMatchObject({ size, cards: [] });
        }
      }
    });

    it('is replaced as a whole, while who pages the old snapshot goes on with it', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const name = aName();
      const [before, after] = [cardsOf(130), cardsOf(70)];
      await store.saveList(name, before, TTL_MS, aCall());
      const old = await snapshotOf(fixture, name, 130);
      clock.advance(1_500);
      await store.saveList(name, after, TTL_MS, aCall());
      const current = await snapshotOf(fixture, name, 70);
      expect(current).not.toBe(old);
      expect(await slice(fixture, name)).toEqual({
        snapshotId: current,
        builtAt: new Date(START_MS + 1_500),
        size: 70,
        cards: after,
      });
      for (const offset of [0, 40, 60, 100, 130])
        expect(await slice(fixture, name, offset, 50, old)).toEqual({
          snapshotId: old,
          builtAt: new Date(START_MS),
          size: 130,
          cards: before.slice(offset, offset + 50),
        });
    });

    it('is there until its time is over, each snapshot by its own', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const name = aName();
      await store.saveList(name, cardsOf(60), TTL_MS, aCall());
      const old = await snapshotOf(fixture, name, 60);
      clock.advance(TTL_MS / 2);
      await store.saveList(name, cardsOf(2), TTL_MS, aCall());
      const current = await snapshotOf(fixture, name, 2);
      clock.advance(TTL_MS / 2 - 1);
      expect((await slice(fixture, name, 0, 100, old))?.cards).toHaveLength(60);
      clock.advance(1);
      expect(await slice(fixture, name, 0, 100, old)).toBeUndefined();
      expect((await slice(fixture, name))?.snapshotId).toBe(current);
      clock.advance(TTL_MS / 2);
      expect(await slice(fixture, name)).toBeUndefined();
      expect(await slice(fixture, name, 0, 100, current)).toBeUndefined();
      await store.saveList(name, cardsOf(3), TTL_MS, aCall());
      await snapshotOf(fixture, name, 3);
    });

    it.each([...HOSTILE_TEXTS, '#', 'a#b', 'a:b', '{a}b', '*', 'n'.repeat(500)])(
      'may be called %j and hold such texts, and no other list sees it',
      async (text) => {
        const fixture = await subject();
        const name = `${text}${anId()}${text}`;
        const cards = [
          aCard({ title: text, category: text, language: text, contentType: text, thumbnailUrl: text }),
          aCard({ thumbnailUrl: null, releaseDate: null, viewCount: 0, popularityScore: 0 }),
          aCard({ thumbnailUrl: '', viewCount: Number.MAX_SAFE_INTEGER, popularityScore: 5e-324 }),
        ];
        await fixture.store.saveList(name, cards, TTL_MS, aCall());
        const snapshotId = await snapshotOf(fixture, name, 3);
        expect((await slice(fixture, name))?.cards).toEqual(cards);
        for (const other of [text, `${name}#0`, `${name}${text}`, `${name}:${snapshotId}`]) {
          expect(await slice(fixture, other)).toBeUndefined();
          expect(await slice(fixture, other, 0, 10, snapshotId)).toBeUndefined();
        }
      },
    );

    it('may have a program twice, and programs that the store has no copy of', async () => {
      const fixture = await subject();
      const name = aName();
      const card = aCard();
      await fixture.store.saveList(name, [card, card], TTL_MS, aCall());
      await snapshotOf(fixture, name, 2);
      expect((await slice(fixture, name))?.cards).toEqual([card, card]);
      expect(await fixture.store.get(card.programId, aCall())).toEqual({ outcome: 'miss' });
    });

    it('is never a mixture when 20 callers save it and 40 read it at once', async () => {
      const fixture = await subject();
      const name = aName();
      const versions = Array.from({ length: 20 }, (_, n) =>
        Array.from({ length: 60 + n }, () => aCard({ title: `by ${n}`, version: n + 1 })),
      );
      const isWhole = (found: Awaited<ReturnType<typeof slice>>) => {
        const writer = (found?.size ?? 60) - 60;
        expect(found?.cards).toEqual(versions[writer]);
      };
      await fixture.store.saveList(name, versions[0] ?? [], TTL_MS, aCall());
      await snapshotOf(fixture, name, 60);
      const saves = versions.map((cards) => fixture.store.saveList(name, cards, TTL_MS, aCall()));
      const reads = Array.from({ length: 40 }, async () => isWhole(await slice(fixture, name)));
      await Promise.all([...saves, ...reads]);
      isWhole(await slice(fixture, name));
    });
  });
}
