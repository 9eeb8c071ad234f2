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

/**
 * Carries counted views into the programs' `viewCount`; answers for how many programs.
 *
 * Views are counted beside the catalogue, since each change of a program makes a new version of it. Totals, not
 * increments, travel: a crash between the two stores repeats a total, and a repeated total adds nothing.
 */
export async function rollUpViews(
  { catalog, activity, clock, changes }: RollUpDeps,
  call: Call,
): Promise<number> {
  let programs = 0;
  for (;;) {
    const { source, totals } = await activity.unconfirmedTotals(BATCH, call);
    if (totals.length === 0) return programs;
    await catalog.addViews(source, totals, new Date(clock.now()), call);
    await activity.confirmTotals(totals, call);
    changes.publish(totals.map(({ programId }) => programId));
    programs += totals.length;
  }
}
