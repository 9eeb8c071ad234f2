import type { ActivityStore } from '../../ports/activity-store.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { ProgramChangeFeed } from '../program/changes.ts';

const BATCH = 500;

export interface RollUpDeps {
  readonly catalog: Pick<ProgramCatalog, 'addViews'>;
  readonly activity: Pick<ActivityStore, 'unconfirmedTotals' | 'confirmTotals'>;
  readonly clock: Clock;
  readonly changes: ProgramChangeFeed;
}

/** Views keep coming while they are carried over: a round ends here at the latest, and the next one goes on. */
const MAX_BATCHES = 20;

/**
 * Carries counted views into the programs' `viewCount`; answers for how many programs. One pass over what there is: what
 * is counted meanwhile waits for the next round, or each view would make a version of its program after all.
 *
 * Views are counted beside the catalogue, since each change of a program makes a new version of it. Totals, not
 * increments, travel: a crash between the two stores repeats a total, and a repeated total adds nothing.
 */
export async function rollUpViews(
  { catalog, activity, clock, changes }: RollUpDeps,
  call: Call,
): Promise<number> {
  let programs = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { source, totals } = await activity.unconfirmedTotals(BATCH, call);
    if (totals.length === 0) break;
    await catalog.addViews(source, totals, new Date(clock.now()), call);
    await activity.confirmTotals(totals, call);
    changes.publish(totals.map(({ programId }) => programId));
    programs += totals.length;
    if (totals.length < BATCH) break;
  }
  return programs;
}
