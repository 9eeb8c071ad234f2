import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aName, aProgram, expectCategory, expectRead, MINUTE_MS } from './fixture.ts';

export function expiryContract(subject: HotProgramSubject): void {
  describe('a program with a time', () => {
    it.each([60 * MINUTE_MS, 90_500, 30 * 24 * 60 * MINUTE_MS])(
      'of %i ms is there to the last of them and expired from then on',
      async (ttlMs) => {
        const fixture = await subject();
        const program = aProgram();
        const { programId } = program;
        expect(await fixture.store.put(program, { ttlMs }, aCall())).toEqual({
          outcome: 'applied',
          version: 1,
        });
        fixture.clock.advance(ttlMs - 1);
        await expectRead(fixture, programId, { outcome: 'hit', program });
        fixture.clock.advance(1);
        await expectRead(fixture, programId, { outcome: 'expired' });
        expect(await fixture.store.getMany([programId], aCall())).toEqual([{ outcome: 'expired' }]);
      },
    );

    it('is in its category until then, and whoever is behind it moves up', async () => {
      const fixture = await subject();
      const category = aName();
      const [first, second, third] = [3, 2, 1].map((popularityScore) =>
        aProgram({ category, popularityScore }),
      );
      const ids = [first, second, third].map((program) => program?.programId ?? '');
      await fixture.store.put(first ?? aProgram(), { ttlMs: 5 * MINUTE_MS }, aCall());
      await fixture.store.put(second ?? aProgram(), {}, aCall());
      await fixture.store.put(third ?? aProgram(), { ttlMs: 10 * MINUTE_MS }, aCall());
      await expectCategory(fixture, category, ids, 1);
      fixture.clock.advance(5 * MINUTE_MS);
      await expectCategory(fixture, category, ids.slice(1), 1);
      fixture.clock.advance(5 * MINUTE_MS);
      await expectCategory(fixture, category, ids.slice(1, 2), 1);
    });

    it('counts as absent once expired: any version of it is applied', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const program = aProgram({ version: 8 });
      const { programId } = program;
      await store.put(program, { ttlMs: MINUTE_MS }, aCall());
      expect(await store.put({ ...program, version: 3 }, {}, aCall())).toMatchObject({
        outcome: 'superseded',
      });
      clock.advance(MINUTE_MS);
      expect(await store.put({ ...program, version: 3 }, { ttlMs: MINUTE_MS }, aCall())).toEqual({
        outcome: 'applied',
        version: 3,
      });
      await expectRead(fixture, programId, { outcome: 'hit', program: { ...program, version: 3 } });
      clock.advance(MINUTE_MS);
      expect(await store.delete({ programId, version: 2 }, aCall())).toEqual({
        outcome: 'applied',
        version: 2,
      });
      await expectRead(fixture, programId, { outcome: 'tombstone', version: 2 });
    });

    it('lives as long as its newest version says', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const program = aProgram({ category: aName() });
      const { programId, category } = program;
      await store.put(program, { ttlMs: MINUTE_MS }, aCall());
      clock.advance(MINUTE_MS / 2);
      await store.put({ ...program, version: 2 }, { ttlMs: MINUTE_MS }, aCall());
      clock.advance(MINUTE_MS / 2);
      await expectRead(fixture, programId, { outcome: 'hit', program: { ...program, version: 2 } });
      await store.put({ ...program, version: 3 }, {}, aCall());
      clock.advance(1_000 * MINUTE_MS);
      await expectRead(fixture, programId, { outcome: 'hit', program: { ...program, version: 3 } });
      await expectCategory(fixture, category, [programId]);
      await store.put({ ...program, version: 4 }, { ttlMs: MINUTE_MS }, aCall());
      clock.advance(MINUTE_MS);
      await expectRead(fixture, programId, { outcome: 'expired' });
      await expectCategory(fixture, category, []);
    });

    it('stays away however many come and go after it', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const category = aName();
      const passing = Array.from({ length: 60 }, () => aProgram({ category }));
      await Promise.all(passing.map((program) => store.put(program, { ttlMs: MINUTE_MS }, aCall())));
      clock.advance(MINUTE_MS);
      const staying = aProgram({ category });
      await store.put(staying, {}, aCall());
      await expectCategory(fixture, category, [staying.programId], 7);
      const reads = await store.getMany(
        passing.map(({ programId }) => programId),
        aCall(),
      );
      for (const { outcome } of reads) expect(['expired', 'miss']).toContain(outcome);
    });
  });
}
