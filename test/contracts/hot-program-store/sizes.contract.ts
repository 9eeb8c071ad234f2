import { describe, expect, it } from 'vitest';
import { ValueTooLarge } from '../../../src/domain/errors.ts';
import { aCall } from '../../support/call.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aName, aProgram, expectCategory, expectRead, putAll, readCategory, seen } from './fixture.ts';

const LARGE_BYTES = 500_000;

export function sizesContract(subject: HotProgramSubject): void {
  describe('size', () => {
    it('a program is held up to the largest that the store declares', async () => {
      const fixture = await subject();
      const bytes = Math.min(LARGE_BYTES, fixture.differences.maxProgramBytes ?? LARGE_BYTES) - 2_000;
      const program = aProgram({ metadata: { text: 'm'.repeat(bytes) } });
      await fixture.store.put(program, {}, aCall());
      await expectRead(fixture, program.programId, { outcome: 'hit', program });
    });

    it('a larger program is refused with a clear error, and what was there stays', async () => {
      const fixture = await subject();
      const { store, differences } = fixture;
      const { maxProgramBytes } = differences;
      const program = aProgram({ category: aName() });
      const large = {
        ...program,
        version: 2,
        category: aName(),
        metadata: { text: 'm'.repeat(LARGE_BYTES) },
      };
      await store.put(program, {}, aCall());
      const put = store.put(large, {}, aCall());
      if (maxProgramBytes === undefined) {
        expect(await put).toEqual({ outcome: 'applied', version: 2 });
        await expectRead(fixture, program.programId, { outcome: 'hit', program: large });
      } else {
        await expect(put).rejects.toThrow(ValueTooLarge);
        await expect(put).rejects.toThrow(new RegExp(`${program.programId}.*${maxProgramBytes}`));
        await expectRead(fixture, program.programId, { outcome: 'hit', program });
        await expectCategory(fixture, program.category, [program.programId]);
        await expectCategory(fixture, large.category, []);
      }
    });

    it('programs of more than 16 MB are read in one call', async () => {
      const fixture = await subject();
      const bytes = Math.min(LARGE_BYTES, fixture.differences.maxProgramBytes ?? LARGE_BYTES) - 10_000;
      const programs = Array.from({ length: 50 }, () => aProgram({ metadata: { text: 'm'.repeat(bytes) } }));
      for (const program of programs) await fixture.store.put(program, {}, aCall());
      const ids = programs.map(({ programId }) => programId);
      await seen(fixture, async () => {
        const reads = await fixture.store.getMany(ids, aCall());
        expect(reads).toEqual(programs.map((program) => ({ outcome: 'hit', program })));
      });
    }, 60_000);

    it('a category of more than 4 MB of cards is read to its end, 1,000 at a time', async () => {
      const fixture = await subject();
      const category = aName();
      const programs = Array.from({ length: 1_200 }, (_, n) =>
        aProgram({
          category,
          title: '\u9fff'.repeat(500),
          thumbnailUrl: `https://example.org/${'x'.repeat(2_000)}`,
          popularityScore: 1_200 - n,
        }),
      );
      await putAll(fixture.store, programs);
      await seen(fixture, async () => {
        const page = await fixture.store.topByCategory(category, 1_000, undefined, aCall());
        expect(page.items).toHaveLength(1_000);
        const cards = await readCategory(fixture.store, category, () => 1_000);
        expect(cards.map((card) => card.popularityScore)).toEqual(
          programs.map((program) => program.popularityScore),
        );
      });
    }, 60_000);
  });
}
