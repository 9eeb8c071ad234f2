import { describe, expect, it } from 'vitest';
import type { HotRead } from '../../../src/ports/hot-program-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aProgram, cardsOf, MINUTE_MS, putAll, seen } from './fixture.ts';

export function readsContract(subject: HotProgramSubject): void {
  describe('reads', () => {
    it('of an unknown id are a miss', async () => {
      const { store } = await subject();
      const programId = anId();
      expect(await store.get(programId, aCall())).toEqual({ outcome: 'miss' });
      expect(await store.getMany([programId], aCall())).toEqual([{ outcome: 'miss' }]);
    });

    it('of what no program can be called are a miss, and never show what else the store keeps', async () => {
      const { store } = await subject();
      const name = anId();
      await store.saveList(name, cardsOf(1), MINUTE_MS, aCall());
      const ids = [...HOSTILE_TEXTS, '', 'x'.repeat(5_000), name, `#list#${name}`, `list:${name}`];
      for (const programId of ids) expect(await store.get(programId, aCall())).toEqual({ outcome: 'miss' });
      const reads = await store.getMany(ids, aCall());
      expect(reads).toEqual(ids.map(() => ({ outcome: 'miss' })));
    });

    it('of no ids are empty', async () => {
      const { store } = await subject();
      expect(await store.getMany([], aCall())).toEqual([]);
    });

    it('of many answer in the order asked, each with its own outcome, an id as often as it was asked', async () => {
      const fixture = await subject();
      const { store, clock } = fixture;
      const [program, passing] = [aProgram(), aProgram()];
      const [gone, unknown] = [anId(), anId()];
      await store.put(program, {}, aCall());
      await store.put(passing, { ttlMs: MINUTE_MS }, aCall());
      await store.delete({ programId: gone, version: 4 }, aCall());
      clock.advance(MINUTE_MS);
      const ids = [unknown, program.programId, gone, program.programId, passing.programId, unknown];
      const hit: HotRead = { outcome: 'hit', program };
      const [miss, expired] = [{ outcome: 'miss' }, { outcome: 'expired' }];
      await seen(fixture, async () => {
        const reads = await store.getMany(ids, aCall());
        expect(reads).toEqual([miss, hit, { outcome: 'tombstone', version: 4 }, hit, expired, miss]);
      });
    });

    it('of more ids than fit into one call of any store answer all of them', async () => {
      const fixture = await subject();
      const programs = Array.from({ length: 240 }, (_, n) => aProgram({ title: `Title ${n}` }));
      await putAll(fixture.store, programs);
      const asked = programs.toReversed().flatMap((program) => [program, undefined, program]);
      const ids = asked.map((program) => program?.programId ?? anId());
      await seen(fixture, async () => {
        const reads = await fixture.store.getMany(ids, aCall());
        expect(reads).toEqual(
          asked.map((program) => (program === undefined ? { outcome: 'miss' } : { outcome: 'hit', program })),
        );
      });
    });
  });
}
