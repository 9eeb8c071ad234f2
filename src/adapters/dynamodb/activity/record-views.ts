import type { View, ViewOutcome } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ActivityTable } from './activity-table.ts';
import type { Known } from './count-views.ts';
import { createProgramQueues, firstOfEvents } from './program-queues.ts';
import { readTrends } from './program-trend.ts';
import { createListTrimming } from './trim-lists.ts';

/**
 * Makes `recordViews`. All or nothing is each program's part of a call, as far as it fits into a transaction (49 views with
 * viewer and event); parts of different programs are written side by side. When one of them fails the call rejects, and a
 * repeat with the same events counts what is missing.
 */
export function createRecording(table: ActivityTable) {
  const queues = createProgramQueues(table);
  const trimLists = createListTrimming(table);

  return async (views: readonly View[], call: Call): Promise<readonly ViewOutcome[]> => {
    // Objects of our own: a caller may hand in one object twice, and change it while it waits.
    const own = views.map((view) => ({ ...view, occurredAt: new Date(view.occurredAt) }));
    const byProgram = Map.groupBy(firstOfEvents(own), ({ programId }) => programId);
    const known = await knownTrends(table, [...byProgram.keys()], call);
    const parts = await Promise.allSettled(
      [...byProgram].map(([programId, part]) =>
        queues.count({ programId, views: part, known: known.get(programId) }, call),
      ),
    );
    const failed = parts.find((part) => part.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    trimLists(own);
    const counted = new Set(parts.flatMap((part) => (part.status === 'fulfilled' ? [...part.value] : [])));
    return own.map((view) => (counted.has(view) ? 'counted' : 'duplicate'));
  };
}

/** Read together when there are many: one by one they would be as many requests as the transactions. */
async function knownTrends(
  table: ActivityTable,
  programIds: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, Known>> {
  if (programIds.length < 2) return new Map();
  const trends = await readTrends(table, programIds, call);
  return new Map([...trends].map(([programId, trend]) => [programId, { trend }]));
}
