import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HotDeleteOptions, HotPutOptions } from '../../../src/ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../../src/ports/hot-program-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aName, aProgram, expectCategory, expectRead, MINUTE_MS } from './fixture.ts';

const REFRESH = { refresh: true } as const satisfies HotPutOptions & HotDeleteOptions;

export function refreshContract(subject: HotProgramSubject): void {
  describe('a refresh', () => {
    it('writes the stored version again, its place in a category with it', async () => {
      const fixture = await subject();
      const [wrong, right] = [aName(), aName()];
      const program = aProgram({ version: 3, category: wrong, popularityScore: 1 });
      const repaired = { ...program, title: 'As the catalogue has it', category: right, popularityScore: 2 };
      await fixture.store.put(program, {}, aCall());
      expect(await fixture.store.put(repaired, REFRESH, aCall())).toEqual({ outcome: 'applied', version: 3 });
      await expectRead(fixture, program.programId, { outcome: 'hit', program: repaired });
      await expectCategory(fixture, wrong, []);
      await expectCategory(fixture, right, [program.programId]);
    });

    it('is a write like any other where another version is stored, or none', async () => {
      const { store, ...fixture } = await subject();
      const program = aProgram({ version: 3 });
      const { programId } = program;
      const put = (version: number) => store.put({ ...program, version }, REFRESH, aCall());
      const remove = (version: number) => store.delete({ programId, version }, aCall(), REFRESH);
      expect(await put(3)).toEqual({ outcome: 'applied', version: 3 });
      expect(await put(2)).toEqual({ outcome: 'superseded', version: 3 });
      expect(await remove(2)).toEqual({ outcome: 'superseded', version: 3 });
      await expectRead({ store, ...fixture }, programId, { outcome: 'hit', program });
      expect(await put(4)).toEqual({ outcome: 'applied', version: 4 });
      expect(await remove(5)).toEqual({ outcome: 'applied', version: 5 });
      expect(await put(4)).toEqual({ outcome: 'superseded', version: 5 });
      await expectRead({ store, ...fixture }, programId, { outcome: 'tombstone', version: 5 });
    });

    it('counts the time anew, or takes it off', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const program = aProgram({ category: aName() });
      const { programId, category } = program;
      await store.put(program, { ttlMs: 2 * MINUTE_MS }, aCall());
      clock.advance(MINUTE_MS);
      await store.put(program, { ttlMs: 2 * MINUTE_MS, ...REFRESH }, aCall());
      clock.advance(2 * MINUTE_MS - 1);
      await expectRead(fixture, programId, { outcome: 'hit', program });
      await store.put(program, REFRESH, aCall());
      clock.advance(1_000 * MINUTE_MS);
      await expectRead(fixture, programId, { outcome: 'hit', program });
      await expectCategory(fixture, category, [programId]);
      await store.put(program, { ttlMs: MINUTE_MS, ...REFRESH }, aCall());
      clock.advance(MINUTE_MS);
      await expectRead(fixture, programId, { outcome: 'expired' });
      await expectCategory(fixture, category, []);
    });

    it('without which a time stays as it was', async () => {
      const fixture = await subject();
      const program = aProgram();
      await fixture.store.put(program, { ttlMs: MINUTE_MS }, aCall());
      const put = fixture.store.put(program, { ttlMs: 9 * MINUTE_MS, refresh: false }, aCall());
      expect(await put).toEqual({ outcome: 'duplicate', version: 1 });
      fixture.clock.advance(MINUTE_MS);
      await expectRead(fixture, program.programId, { outcome: 'expired' });
    });

    it('puts a program in place of a tombstone of its version, and the other way round', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const program = aProgram({ version: 2, category: aName() });
      const { programId, category, version } = program;
      await store.delete({ programId, version }, aCall());
      expect(await store.put(program, REFRESH, aCall())).toEqual({ outcome: 'applied', version });
      await expectRead(fixture, programId, { outcome: 'hit', program });
      await expectCategory(fixture, category, [programId]);
      const refused = store.delete({ programId, version }, aCall(), { refresh: false });
      expect(await refused).toEqual({ outcome: 'duplicate', version });
      const removed = store.delete({ programId, version }, aCall(), REFRESH);
      expect(await removed).toEqual({ outcome: 'applied', version });
      await expectRead(fixture, programId, { outcome: 'tombstone', version });
      await expectCategory(fixture, category, []);
    });

    it('of a tombstone counts its 30 days anew', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const removal = { programId: anId(), version: 2 };
      await store.delete(removal, aCall());
      clock.advance(TOMBSTONE_KEPT_MS - 1);
      expect(await store.delete(removal, aCall(), REFRESH)).toEqual({ outcome: 'applied', version: 2 });
      clock.advance(TOMBSTONE_KEPT_MS - 1);
      await expectRead(fixture, removal.programId, { outcome: 'tombstone', version: 2 });
      clock.advance(1);
      await expectRead(fixture, removal.programId, { outcome: 'expired' });
    });

    it('among writes in any order never lets the version fall', async () => {
      const fixture = await subject();
      await fc.assert(
        fc.asyncProperty(arrivals, async (writes) => {
          const program = aProgram();
          let newest = 0;
          for (const { version, refresh } of writes) {
            const { outcome } = await fixture.store.put({ ...program, version }, { refresh }, aCall());
            expect(outcome).toBe(outcomeOf(version, newest, refresh));
            newest = Math.max(newest, version);
          }
          const stored = { ...program, version: newest };
          await expectRead(fixture, program.programId, { outcome: 'hit', program: stored });
        }),
        { numRuns: 20 },
      );
    });

    it('of 200 concurrent callers ends with the newest', async () => {
      const fixture = await subject();
      const program = aProgram({ category: aName() });
      const { programId, category } = program;
      const write = (version: number, refresh: boolean) =>
        version % 7 === 0
          ? fixture.store.delete({ programId, version }, aCall(), { refresh })
          : fixture.store.put({ ...program, version, popularityScore: version }, { refresh }, aCall());
      await Promise.all(Array.from({ length: 200 }, (_, n) => write(1 + ((n * 73) % 50), n % 2 === 0)));
      const newest = { ...program, version: 50, popularityScore: 50 };
      await expectRead(fixture, programId, { outcome: 'hit', program: newest });
      await expectCategory(fixture, category, [programId]);
    });
  });
}

const arrivals = fc.array(fc.record({ version: fc.integer({ min: 1, max: 5 }), refresh: fc.boolean() }), {
  minLength: 1,
  maxLength: 14,
});

function outcomeOf(version: number, newest: number, refresh: boolean): string {
  if (version === newest) return refresh ? 'applied' : 'duplicate';
  return version > newest ? 'applied' : 'superseded';
}
