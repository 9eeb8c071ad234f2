import { describe, expect, it } from 'vitest';
import type { ProgramDraft } from '../../../src/domain/program/program.ts';
import type { Call } from '../../../src/ports/call.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ANY, asCreated, moment, stored } from './fixture.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Spoils everything in a value that can be spoilt. */
function spoil(value: unknown): void {
  if (value instanceof Date) value.setTime(0);
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value)) value.push('spoilt');
  else Object.assign(value, { title: 'spoilt', spoilt: true });
}

const CALLS: Readonly<
  Record<string, (catalog: ProgramCatalog, draft: ProgramDraft, call: Call) => Promise<unknown>>
> = {
  get: (catalog, { programId }, call) => catalog.get(programId, call),
  getMany: (catalog, { programId }, call) => catalog.getMany([programId], call),
  'getMany of nothing': (catalog, _draft, call) => catalog.getMany([], call),
  put: (catalog, draft, call) => catalog.put(draft, ANY, moment(1), call),
  putMany: (catalog, draft, call) => catalog.putMany([draft], moment(1), call),
  'putMany of nothing': (catalog, _draft, call) => catalog.putMany([], moment(1), call),
  delete: (catalog, { programId }, call) => catalog.delete(programId, ANY, moment(1), call),
  query: (catalog, _draft, call) => catalog.query({ filter: {}, sort: 'title', limit: 1 }, call),
  top: (catalog, _draft, call) => catalog.top({ filter: {}, sort: 'title', limit: 1, idLimit: 1 }, call),
  categories: (catalog, _draft, call) => catalog.categories(call),
  scan: (catalog, _draft, call) => catalog.scan(undefined, 1, call),
  currentStates: (catalog, { programId }, call) => catalog.currentStates([programId], call),
  scanStates: (catalog, _draft, call) => catalog.scanStates({}, 1, call),
  splitKeys: (catalog, _draft, call) => catalog.splitKeys(2, call),
  addViews: (catalog, { programId }, call) =>
    catalog.addViews('a', [{ programId, total: 1 }], moment(1), call),
};

export function isolationContract(subject: CatalogSubject): void {
  describe('isolation', () => {
    it('keeps nothing of what it was given', async () => {
      const { catalog } = await subject();
      const [draft, bulk] = [
        aDraft({ metadata: { a: { b: ['c'] } } }),
        aDraft({ metadata: { a: { b: ['c'] } } }),
      ];
      const expected = [draft, bulk].map((one) => asCreated(structuredClone(one), moment(1)));
      const at = moment(1);
      await catalog.put(draft, ANY, at, aCall());
      await catalog.putMany([bulk], at, aCall());
      for (const value of [draft, bulk, at]) {
        const { programId } = value as Writable<ProgramDraft>;
        spoil(value);
        if (programId !== undefined) Object.assign(value, { programId });
      }
      for (const program of expected) expect(await catalog.get(program.programId, aCall())).toEqual(program);
    });

    it('gives out nothing that it keeps', async () => {
      const { catalog } = await subject();
      const draft = aDraft({ metadata: { a: { b: ['c'] } } });
      const expected = asCreated(structuredClone(draft), moment(1));
      const { programId } = draft;
      spoil(await catalog.put(draft, ANY, moment(1), aCall()));
      spoil(await catalog.put(structuredClone(draft), ANY, moment(1), aCall()));
      spoil(await catalog.put(structuredClone(draft), { kind: 'absent' }, moment(1), aCall()));
      spoil(await catalog.delete(programId, { kind: 'absent' }, moment(1), aCall()));
      for (const read of Object.entries(CALLS).filter(([name]) => !/put|delete|addViews/.test(name))) {
        spoil(await read[1](catalog, { ...draft, programId }, aCall()));
        expect(await catalog.get(programId, aCall()), read[0]).toEqual(expected);
      }
    });
  });

  describe('an aborted call', () => {
    it.each(Object.keys(CALLS))('%s rejects with the reason and does nothing', async (name) => {
      const { catalog, outbox } = await subject();
      const draft = aDraft();
      const before = await stored(catalog, draft);
      const reason = new Error('nobody waits');
      const run = CALLS[name]?.(
        catalog,
        { ...draft, title: 'Changed' },
        { signal: AbortSignal.abort(reason) },
      );
      await expect(run).rejects.toBe(reason);
      expect(await catalog.get(draft.programId, aCall())).toEqual(before);
      expect((await outbox.depth('documents', aCall())).pending).toBe(1);
    });
  });
}
