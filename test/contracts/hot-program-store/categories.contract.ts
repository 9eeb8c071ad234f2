import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/domain/program/program.ts';
import { toCard } from '../../../src/domain/program/program-card.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aName, aProgram, expectCategory, putAll, readCategory, seen } from './fixture.ts';

export function categoriesContract(subject: HotProgramSubject): void {
  describe('a category', () => {
    it('that nobody is in is empty', async () => {
      const { store } = await subject();
      expect(await store.topByCategory(aName(), 20, undefined, aCall())).toEqual({
        items: [],
        next: undefined,
      });
    });

    it('has the cards of its own programs, highest score first', async () => {
      const fixture = await subject();
      const [category, other] = [aName(), aName()];
      const scores = [5e-324, 1e12, 3, 0, 0.1, 9.5, 0.1 + 0.2, 100, 20];
      const programs = scores.map((popularityScore) => aProgram({ category, popularityScore }));
      await putAll(fixture.store, [...programs, aProgram({ category: other, popularityScore: 50 })]);
      const expected = programs.toSorted((a, b) => b.popularityScore - a.popularityScore).map(toCard);
      await seen(fixture, async () => {
        expect(await fixture.store.topByCategory(category, 1_000, undefined, aCall())).toEqual({
          items: expected,
          next: undefined,
        });
      });
    });

    it('tells names apart that differ little', async () => {
      const fixture = await subject();
      const name = aName();
      const names = [
        name,
        `${name}#0`,
        `${name}#1`,
        `${name}#0#1`,
        `${name} `,
        name.toUpperCase(),
        `${name}:`,
      ];
      const programs = names.map((category) => aProgram({ category }));
      await putAll(fixture.store, programs);
      for (const [index, category] of names.entries())
        await expectCategory(fixture, category, [programs[index]?.programId ?? '']);
    });

    it('orders ties by id in code-point order, wherever a page ends', async () => {
      const fixture = await subject();
      const category = aName();
      const suffix = anId();
      const ids = ['0', '9', 'A', 'A-', 'A.', 'A0', 'A:', 'AA', 'A_', 'Aa', 'A~', 'Z', 'a', 'a-a', 'z'].map(
        (name) => `${name}~${suffix}`,
      );
      const order = ids.toSorted();
      const programs = ids.map((programId) => aProgram({ programId, category, popularityScore: 7 }));
      await putAll(fixture.store, programs);
      for (const limit of [1, 2, 4, 7, 14, 15, 16, 1_000])
        await expectCategory(fixture, category, order, limit);
    });

    it('of one score alone is paged without gaps or repeats', async () => {
      const fixture = await subject();
      const category = aName();
      const programs = Array.from({ length: 150 }, () => aProgram({ category, popularityScore: 0 }));
      await putAll(fixture.store, programs);
      await expectCategory(fixture, category, programs.map(({ programId }) => programId).toSorted(), 40);
    });

    it('loses a program that moves to another, and follows its score', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const [from, to] = [aName(), aName()];
      const [mover, stayer] = [8, 5].map((popularityScore) => aProgram({ category: from, popularityScore }));
      if (mover === undefined || stayer === undefined) throw new Error('two were made');
      await putAll(store, [mover, stayer]);
      const put = (change: Partial<Program>) => store.put({ ...mover, ...change }, {}, aCall());
      await expectCategory(fixture, from, [mover.programId, stayer.programId]);
      await put({ version: 2, popularityScore: 2 });
      await expectCategory(fixture, from, [stayer.programId, mover.programId]);
      await put({ version: 3, category: to });
      await expectCategory(fixture, from, [stayer.programId]);
      await expectCategory(fixture, to, [mover.programId]);
      await put({ version: 2, popularityScore: 99 });
      await expectCategory(fixture, from, [stayer.programId]);
      await put({ version: 4 });
      await expectCategory(fixture, from, [mover.programId, stayer.programId]);
      await expectCategory(fixture, to, []);
    });

    it('goes on after a program that is gone, and passes over what came before it', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const category = aName();
      const programs = [9, 7, 5, 3].map((popularityScore) => aProgram({ category, popularityScore }));
      await putAll(store, programs);
      const [, second, third, fourth] = programs.map(({ programId }) => programId);
      await expectCategory(
        fixture,
        category,
        programs.map(({ programId }) => programId),
      );
      const first = await store.topByCategory(category, 2, undefined, aCall());
      expect(first.next).toEqual([7, second]);
      await store.delete({ programId: second ?? '', version: 2 }, aCall());
      const [before, between] = [8, 4].map((popularityScore) => aProgram({ category, popularityScore }));
      await putAll(store, [before ?? aProgram(), between ?? aProgram()]);
      await seen(fixture, async () => {
        const rest = await store.topByCategory(category, 9, first.next, aCall());
        expect(rest.items.map(({ programId }) => programId)).toEqual([third, between?.programId, fourth]);
        expect(rest.next).toBeUndefined();
      });
    });

    it('has every program once when 200 callers put, move and delete at once', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const [here, there] = [aName(), aName()];
      const programs = Array.from({ length: 40 }, (_, n) =>
        aProgram({ category: here, popularityScore: n % 5 }),
      );
      const writes = programs.flatMap((program, n) => [
        () => store.put({ ...program, version: 1 }, {}, aCall()),
        () => store.put({ ...program, version: 2, popularityScore: n % 3 }, {}, aCall()),
        () => store.put({ ...program, version: 3, category: there }, {}, aCall()),
        () => store.delete({ programId: program.programId, version: 4 }, aCall()),
        () => store.put({ ...program, version: n % 2 === 0 ? 5 : 3, category: there }, {}, aCall()),
      ]);
      await Promise.all(writes.map((write) => write()));
      const kept = programs.filter((_, n) => n % 2 === 0).map(({ programId }) => programId);
      await seen(fixture, async () => {
        expect(await readCategory(store, here, () => 7)).toEqual([]);
        const cards = await readCategory(store, there, () => 7);
        expect(cards.map(({ programId }) => programId).toSorted()).toEqual(kept.toSorted());
      });
    });
  });
}
