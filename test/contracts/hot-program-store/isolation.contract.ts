import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/domain/program/program.ts';
import { toCard } from '../../../src/domain/program/program-card.ts';
import type { Call } from '../../../src/ports/call.ts';
import type { HotProgramStore } from '../../../src/ports/hot-program-store.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aName, aProgram, cardsOf, expectCategory, expectRead, MINUTE_MS, seen } from './fixture.ts';

/** Spoils everything in a value that can be spoilt. */
function spoil(value: unknown): void {
  if (value instanceof Date) value.setTime(0);
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value)) value.push('spoilt');
  else Object.assign(value, { title: 'spoilt', category: 'spoilt', popularityScore: 7e7, spoilt: true });
}

type Run = (store: HotProgramStore, program: Program, call: Call) => Promise<unknown>;

const READS: Readonly<Record<string, Run>> = {
  get: (store, { programId }, call) => store.get(programId, call),
  getMany: (store, { programId }, call) => store.getMany([programId, programId], call),
  'getMany of nothing': (store, _program, call) => store.getMany([], call),
  topByCategory: (store, { category }, call) => store.topByCategory(category, 10, undefined, call),
  scan: (store, _program, call) => store.scan(undefined, 10, call),
  list: (store, { category }, call) => store.list(category, { offset: 0, limit: 10 }, call),
};

const WRITES: Readonly<Record<string, Run>> = {
  put: (store, program, call) => store.put({ ...program, version: 2 }, {}, call),
  delete: (store, { programId }, call) => store.delete({ programId, version: 2 }, call),
  'put, to refresh': (store, program, call) =>
    store.put({ ...program, title: 'refreshed' }, { refresh: true }, call),
  'delete, to refresh': (store, program, call) => store.delete(program, call, { refresh: true }),
  saveList: (store, { category }, call) => store.saveList(category, cardsOf(3), MINUTE_MS, call),
};

export function isolationContract(subject: HotProgramSubject): void {
  /** A store with a program, and a list of its card that is called like its category. */
  async function aFilledStore() {
    const fixture = await subject();
    const given = aProgram({ category: aName(), metadata: { a: { b: ['c'] } } });
    const program = structuredClone(given);
    const cards = [{ ...toCard(given) }];
    await fixture.store.put(given, {}, aCall());
    await fixture.store.saveList(program.category, cards, MINUTE_MS, aCall());
    const expectUnchanged = async () => {
      await expectRead(fixture, program.programId, { outcome: 'hit', program });
      await expectCategory(fixture, program.category, [program.programId]);
      await seen(fixture, async () => {
        const page = await fixture.store.topByCategory(program.category, 10, undefined, aCall());
        expect(page.items).toEqual([toCard(program)]);
        const list = await fixture.store.list(program.category, { offset: 0, limit: 10 }, aCall());
        expect(list?.cards).toEqual([toCard(program)]);
      });
    };
    return { ...fixture, program, given, cards, expectUnchanged };
  }

  describe('isolation', () => {
    it('keeps nothing of what it was given', async () => {
      const { given, cards, expectUnchanged } = await aFilledStore();
      spoil(given);
      spoil(cards);
      await expectUnchanged();
    });

    it.each(Object.keys(READS))('%s gives out nothing that it keeps', async (name) => {
      const { store, program, expectUnchanged } = await aFilledStore();
      await expectUnchanged();
      spoil(await READS[name]?.(store, program, aCall()));
      await expectUnchanged();
    });

    it('an id asked for twice is answered by two objects', async () => {
      const { store, program, expectUnchanged } = await aFilledStore();
      await expectUnchanged();
      const [first, second] = await store.getMany([program.programId, program.programId], aCall());
      spoil(first);
      expect(second).toEqual({ outcome: 'hit', program });
    });
  });

  describe('an aborted call', () => {
    it.each(Object.keys({ ...READS, ...WRITES }))(
      '%s rejects with the reason and does nothing',
      async (name) => {
        const { store, program, expectUnchanged } = await aFilledStore();
        const call = anAbortedCall();
        await expect({ ...READS, ...WRITES }[name]?.(store, program, call)).rejects.toBe(call.reason);
        await expectUnchanged();
      },
    );
  });
}
