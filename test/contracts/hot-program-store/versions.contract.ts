import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/domain/program/program.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aProgram, expectCategory, expectRead } from './fixture.ts';

export function versionsContract(subject: HotProgramSubject): void {
  describe('versions', () => {
    it('of a program that is not there are applied, whatever they are', async () => {
      const fixture = await subject();
      for (const version of [1, 7, Number.MAX_SAFE_INTEGER]) {
        const program = aProgram({ version });
        expect(await fixture.store.put(program, {}, aCall())).toEqual({ outcome: 'applied', version });
        await expectRead(fixture, program.programId, { outcome: 'hit', program });
      }
    });

    it('that are newer replace, that are the same or older change nothing and are told what is stored', async () => {
      const fixture = await subject();
      const { store } = fixture;
      const [second, fourth] = [2, 4].map((version) => aProgram({ programId: anId(), version }));
      const program = { ...aProgram(), ...second };
      const put = (version: number, title: string) => store.put({ ...program, version, title }, {}, aCall());
      expect(await put(2, 'second')).toEqual({ outcome: 'applied', version: 2 });
      expect(await put(2, 'another second')).toEqual({ outcome: 'duplicate', version: 2 });
      expect(await put(1, 'first')).toEqual({ outcome: 'superseded', version: 2 });
      expect(await put(fourth?.version ?? 4, 'fourth')).toEqual({ outcome: 'applied', version: 4 });
      expect(await put(3, 'third')).toEqual({ outcome: 'superseded', version: 4 });
      await expectRead(fixture, program.programId, {
        outcome: 'hit',
        program: { ...program, version: 4, title: 'fourth' },
      });
    });

    it('shuffled and repeated end with the newest, each outcome as it was when it came', async () => {
      const fixture = await subject();
      await fc.assert(
        fc.asyncProperty(arrivals, async (versions) => {
          const program = aProgram({ category: anId('c') });
          let newest = 0;
          for (const version of versions) {
            const write = await fixture.store.put(asVersion(program, version), {}, aCall());
            expect(write).toEqual({
              outcome: outcomeOf(version, newest),
              version: Math.max(version, newest),
            });
            newest = Math.max(newest, version);
          }
          const last = asVersion(program, newest);
          await expectRead(fixture, program.programId, { outcome: 'hit', program: last });
          await expectCategory(fixture, last.category, [program.programId]);
        }),
        { numRuns: 20 },
      );
    });

    it('of 200 concurrent callers end with the newest; each version is applied once at most', async () => {
      const fixture = await subject();
      const program = aProgram();
      const versions = Array.from({ length: 200 }, (_, caller) => 1 + ((caller * 37) % 50));
      const writes = await Promise.all(
        versions.map((version) => fixture.store.put(asVersion(program, version), {}, aCall())),
      );
      for (const [caller, { outcome, version }] of writes.entries()) {
        const mine = versions[caller] ?? 0;
        expect(outcome === 'superseded' ? version > mine : version === mine).toBe(true);
      }
      const applied = writes.filter(({ outcome }) => outcome === 'applied').map(({ version }) => version);
      expect(new Set(applied).size).toBe(applied.length);
      expect(applied).toContain(50);
      await expectRead(fixture, program.programId, { outcome: 'hit', program: asVersion(program, 50) });
      await expectCategory(fixture, asVersion(program, 50).category, [program.programId]);
    });

    it('of one program say nothing about another', async () => {
      const fixture = await subject();
      const [first, second] = [aProgram({ version: 9 }), aProgram({ version: 1 })];
      await fixture.store.put(first, {}, aCall());
      expect(await fixture.store.put(second, {}, aCall())).toEqual({ outcome: 'applied', version: 1 });
      await expectRead(fixture, first.programId, { outcome: 'hit', program: first });
    });
  });
}

/** Versions 1 to 8 in any order, some more than once. */
const arrivals = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 14 });

function outcomeOf(version: number, newest: number): string {
  if (version > newest) return 'applied';
  return version === newest ? 'duplicate' : 'superseded';
}

/** What differs between versions is also what a store keeps in other places: category and score. */
function asVersion(program: Program, version: number): Program {
  return {
    ...program,
    version,
    title: `Version ${version}`,
    category: `${program.programId}/${version}`,
    popularityScore: version / 10,
  };
}
