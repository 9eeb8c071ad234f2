import { describe, expect, it } from 'vitest';
import type { DeleteOutcome, PutOutcome } from '../../../src/ports/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ABSENT, ANY, atVersion, markedVersions, moment, PRESENT, stored } from './fixture.ts';

const CALLERS = 200;

function together<Result>(run: (caller: number) => Promise<Result>): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: CALLERS }, (_, caller) => run(caller)));
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

export function concurrencyContract(subject: CatalogSubject): void {
  describe(`${CALLERS} callers at once`, () => {
    it('create one program: one does, the others meet it', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      const outcomes = await together((caller) =>
        catalog.put({ ...draft, title: `By ${caller}` }, ABSENT, moment(1), aCall()),
      );
      expect(tally(outcomes.map(({ outcome }) => outcome))).toEqual({ created: 1, conflict: CALLERS - 1 });
      const winner = outcomes.find(({ outcome }) => outcome === 'created');
      const program = await catalog.get(draft.programId, aCall());
      expect(winner).toEqual({ outcome: 'created', program });
      for (const outcome of outcomes) {
        if (outcome.outcome === 'conflict') expect(outcome.current).toEqual(program);
      }
    });

    it('put the same draft: one creates, the others find it unchanged', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      const outcomes = await together(() => catalog.put(draft, ANY, moment(1), aCall()));
      expect(tally(outcomes.map(({ outcome }) => outcome))).toEqual({ created: 1, unchanged: CALLERS - 1 });
    });

    it('put different drafts: every version is answered once, and the last is kept and marked', async () => {
      const { catalog, outbox } = await subject();
      const draft = aDraft();
      const outcomes = await together((caller) =>
        catalog.put({ ...draft, title: `By ${caller}` }, ANY, moment(1), aCall()),
      );
      expect(tally(outcomes.map(({ outcome }) => outcome))).toEqual({ created: 1, updated: CALLERS - 1 });
      const programs = outcomes.flatMap((outcome) =>
        outcome.outcome === 'conflict' ? [] : [outcome.program],
      );
      const versions = programs.map(({ version }) => version).sort((a, b) => a - b);
      expect(versions).toEqual(Array.from({ length: CALLERS }, (_, index) => index + 1));
      const last = programs.find(({ version }) => version === CALLERS);
      expect(await catalog.get(draft.programId, aCall())).toEqual(last);
      expect(await markedVersions(outbox)).toEqual({ [draft.programId]: CALLERS });
    });

    it('replace one version: one does', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      await stored(catalog, draft);
      const outcomes = await together((caller) =>
        catalog.put({ ...draft, title: `By ${caller}` }, atVersion(1), moment(1), aCall()),
      );
      expect(tally(outcomes.map(({ outcome }) => outcome))).toEqual({ updated: 1, conflict: CALLERS - 1 });
    });

    it('delete one program: one does', async () => {
      const { catalog } = await subject();
      const { programId } = await stored(catalog, aDraft());
      const outcomes = await together(() => catalog.delete(programId, ANY, moment(1), aCall()));
      expect(tally(outcomes.map(({ outcome }) => outcome))).toEqual({ deleted: 1, absent: CALLERS - 1 });
    });

    it('delete and create one program in turn: versions have no gaps', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      const outcomes = await together<PutOutcome | DeleteOutcome>((caller) =>
        caller % 2 === 0
          ? catalog.put(
              { ...draft, title: `By ${caller}` },
              caller % 4 === 0 ? ABSENT : PRESENT,
              moment(1),
              aCall(),
            )
          : catalog.delete(draft.programId, ANY, moment(1), aCall()),
      );
      const versions = outcomes.flatMap((outcome) => {
        if (outcome.outcome === 'deleted') return [outcome.version];
        return outcome.outcome === 'created' || outcome.outcome === 'updated'
          ? [outcome.program.version]
          : [];
      });
      expect(versions.sort((a, b) => a - b)).toEqual(versions.map((_, index) => index + 1));
      const [state] = await catalog.currentStates([draft.programId], aCall());
      expect(state?.deleted ? state.version : state?.program.version).toBe(versions.length);
    });

    it('put overlapping lists in any order: all are written whole', async () => {
      const { catalog } = await subject();
      const drafts = Array.from({ length: 30 }, () => aDraft());
      const outcomes = await together(async (caller) => {
        const order = caller % 2 === 0 ? drafts : drafts.toReversed();
        if (caller % 5 === 4) {
          const totals = order.map(({ programId }) => ({ programId, total: caller }));
          await catalog.addViews('activity', totals, moment(1), aCall());
          return [];
        }
        const titled = order.map((draft) => ({ ...draft, title: `By ${caller}` }));
        return catalog.putMany(titled, moment(1), aCall());
      });
      expect(tally(outcomes.flat())).toEqual({ created: 30, updated: 30 * (CALLERS * 0.8 - 1) });
      const programs = await catalog.getMany(
        drafts.map(({ programId }) => programId),
        aCall(),
      );
      expect(new Set(programs.map(({ title }) => title)).size).toBe(1);
    });

    it('tell totals of one source in any order: the highest is added once', async () => {
      const { catalog } = await subject();
      const { programId } = await stored(catalog, aDraft());
      await together((caller) =>
        catalog.addViews(
          'activity',
          [{ programId, total: (caller * 37) % (CALLERS + 1) }],
          moment(1),
          aCall(),
        ),
      );
      await catalog.addViews('activity', [{ programId, total: CALLERS }], moment(2), aCall());
      expect(await catalog.get(programId, aCall())).toMatchObject({ viewCount: CALLERS });
    });
  });
}
