import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ActivityStore, View, ViewOutcome } from '../../../src/ports/activity-store.ts';
import type { ActivityDifferences } from '../../../src/ports/differences.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import { at, aView, readRecent, readUnconfirmed } from './fixture.ts';

const PROGRAMS = 8;
const VIEWS_EACH = 4;

/** What of a call is counted together. */
export function atomicityContract(make: MakeActivity): void {
  test.each([0, 1, 2, 4, 8, 16, 32])(
    'a call given up after %i turns: what counts together counts all or none, and a repeat counts the rest',
    async (turns) => {
      const { store, differences } = await make();
      const userId = anId('u');
      const views = viewsOf(userId);
      await giveUp(store, views, turns);
      const repeated = await store.recordViews(views, aCall());
      for (const outcomes of together(views, repeated, differences)) {
        expect(new Set(outcomes).size).toBe(1);
      }
      expect([...(await readUnconfirmed(store)).values()]).toEqual(Array(PROGRAMS).fill(VIEWS_EACH));
      expect(await readRecent(store, userId)).toHaveLength(PROGRAMS);
      expect(new Set(await store.recordViews(views, aCall()))).toEqual(new Set(['duplicate']));
    },
  );
}

function viewsOf(userId: string): readonly View[] {
  return Array.from({ length: PROGRAMS * VIEWS_EACH }, (_, index) =>
    aView({ userId, eventId: anId('e'), programId: `p-${index % PROGRAMS}`, occurredAt: at(index) }),
  );
}

async function giveUp(store: ActivityStore, views: readonly View[], turns: number): Promise<void> {
  const caller = new AbortController();
  const reason = new Error('the caller has gone');
  const given = store.recordViews(views, { signal: caller.signal }).then(
    () => 'answered',
    (error: unknown) => error,
  );
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  caller.abort(reason);
  expect(['answered', reason]).toContain(await given);
}

/** The outcomes of the views that the back end counts all or none. */
function together(
  views: readonly View[],
  outcomes: readonly ViewOutcome[],
  { atomic }: ActivityDifferences,
): readonly (readonly ViewOutcome[])[] {
  if (atomic === 'call') return [outcomes];
  const byProgram = Map.groupBy(views.keys(), (index) => views[index]?.programId);
  return [...byProgram.values()].map((indexes) => outcomes.filter((_, index) => indexes.includes(index)));
}
