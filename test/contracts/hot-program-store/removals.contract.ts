import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HotRead } from '../../../src/ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../../src/ports/hot-program-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { HotProgramFixture, HotProgramSubject } from './fixture.ts';
import { aName, aProgram, expectCategory, expectRead } from './fixture.ts';

export function removalsContract(subject: HotProgramSubject): void {
  describe('a deleted program', () => {
    it('is a tombstone that older puts do not undo, and newer ones do', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const program = aProgram({ version: 3 });
      const { programId } = program;
      await store.put(program, {}, aCall());
      expect(await store.delete({ programId, version: 5 }, aCall())).toEqual({
        outcome: 'applied',
        version: 5,
      });
      await expectRead(fixture, programId, { outcome: 'tombstone', version: 5 });
      const put = (version: number) => store.put({ ...program, version }, {}, aCall());
      expect(await put(4)).toEqual({ outcome: 'superseded', version: 5 });
      expect(await put(5)).toEqual({ outcome: 'duplicate', version: 5 });
      await expectRead(fixture, programId, { outcome: 'tombstone', version: 5 });
      expect(await put(6)).toEqual({ outcome: 'applied', version: 6 });
      await expectRead(fixture, programId, { outcome: 'hit', program: { ...program, version: 6 } });
    });

    it('leaves a tombstone though the program never was there', async () => {
      const fixture = await subject();
      const program = aProgram();
      const { programId } = program;
      expect(await fixture.store.delete({ programId, version: 2 }, aCall())).toMatchObject({
        outcome: 'applied',
      });
      expect(await fixture.store.put(program, {}, aCall())).toEqual({
        outcome: 'superseded',
        version: 2,
      });
      await expectRead(fixture, programId, { outcome: 'tombstone', version: 2 });
    });

    it('is not deleted by an older removal, nor twice by the same', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const program = aProgram({ version: 3 });
      const { programId } = program;
      await store.put(program, {}, aCall());
      expect(await store.delete({ programId, version: 2 }, aCall())).toEqual({
        outcome: 'superseded',
        version: 3,
      });
      expect(await store.delete({ programId, version: 3 }, aCall())).toEqual({
        outcome: 'duplicate',
        version: 3,
      });
      await expectRead(fixture, programId, { outcome: 'hit', program });
      await store.delete({ programId, version: 4 }, aCall());
      expect(await store.delete({ programId, version: 4 }, aCall())).toEqual({
        outcome: 'duplicate',
        version: 4,
      });
    });

    it('leaves its category, and comes back with a newer version', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const category = aName();
      const program = aProgram({ category });
      const { programId } = program;
      await store.put(program, {}, aCall());
      await expectCategory(fixture, category, [programId]);
      await store.delete({ programId, version: 2 }, aCall());
      await expectCategory(fixture, category, []);
      await store.put({ ...program, version: 3 }, {}, aCall());
      await expectCategory(fixture, category, [programId]);
    });

    it('is remembered for 30 days, and then as if it never had been', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const program = aProgram();
      const { programId } = program;
      await store.delete({ programId, version: 9 }, aCall());
      clock.advance(TOMBSTONE_KEPT_MS - 1);
      await expectRead(fixture, programId, { outcome: 'tombstone', version: 9 });
      expect(await store.put(program, {}, aCall())).toEqual({ outcome: 'superseded', version: 9 });
      clock.advance(1);
      await expectRead(fixture, programId, { outcome: 'expired' });
      expect(await store.put(program, {}, aCall())).toEqual({ outcome: 'applied', version: 1 });
      await expectRead(fixture, programId, { outcome: 'hit', program });
      clock.advance(10 * TOMBSTONE_KEPT_MS);
      await expectRead(fixture, programId, { outcome: 'hit', program });
    });

    it('and one that is put, in any order and repeated, end as the newest write said', async () => {
      const fixture = await subject();
      await fc.assert(
        fc.asyncProperty(arrivals, async (writes) => {
          const programId = anId();
          for (const write of writes) await apply(fixture, programId, write);
          await expectNewest(fixture, programId, writes);
        }),
        { numRuns: 20 },
      );
    });

    it('and one that is put by 200 concurrent callers end as the newest write said', async () => {
      const fixture = await subject();
      const programId = anId();
      const writes = Array.from({ length: 200 }, (_, caller) => toWrite(1 + ((caller * 73) % 101)));
      await Promise.all(writes.map((write) => apply(fixture, programId, write)));
      await expectNewest(fixture, programId, writes);
    });
  });
}

interface Write {
  readonly version: number;
  readonly removes: boolean;
}

/** A version means the same write each time it arrives. */
function toWrite(version: number): Write {
  return { version, removes: version % 3 === 0 };
}

const arrivals = fc.array(fc.integer({ min: 1, max: 9 }).map(toWrite), { minLength: 1, maxLength: 14 });

function apply({ store }: HotProgramFixture, programId: string, { version, removes }: Write) {
  return removes
    ? store.delete({ programId, version }, aCall())
    : store.put(aProgram({ programId, version, category: programId }), {}, aCall());
}

async function expectNewest(fixture: HotProgramFixture, programId: string, writes: readonly Write[]) {
  const newest = toWrite(Math.max(...writes.map(({ version }) => version)));
  const { version } = newest;
  const expected: HotRead = newest.removes
    ? { outcome: 'tombstone', version }
    : { outcome: 'hit', program: aProgram({ programId, version, category: programId }) };
  await expectRead(fixture, programId, expected);
  await expectCategory(fixture, programId, newest.removes ? [] : [programId]);
}
