import type { ActivityStore } from '../../ports/activity-store.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { ProgramChangeFeed } from '../program/changes.ts';
import type { ProgramDraft } from '../program/program.ts';
import { cleanMovies } from './clean-movies.ts';
import { demoViews } from './demo-views.ts';

export interface DemoCatalogDeps {
  readonly catalog: Pick<ProgramCatalog, 'putMany' | 'scan' | 'currentStates'>;
  readonly activity: Pick<ActivityStore, 'recordViews'>;
  readonly changes: Pick<ProgramChangeFeed, 'publish'>;
  readonly clock: Clock;
  /** The rows of `movies.json` of vega-datasets. */
  readonly readMovies: () => Promise<unknown>;
}

/** `loaded` now; `already` loaded before, even if deleted since; `occupied` by a catalogue of somebody's own. */
export interface DemoOutcome {
  readonly outcome: 'loaded' | 'already' | 'occupied';
  /** Programs that this call wrote. */
  readonly programs: number;
}

const BATCH = 500;

/**
 * Fills an empty catalogue with real films and a week of made-up views, once.
 *
 * The last film is written after everything else: where it was ever written, deleted or not, the load is complete. A load
 * that was cut short is begun again at the next call; what it had written is written again to no effect, and views are
 * named, so none counts twice. Nothing is touched where a program that is not of the demo exists.
 *
 * Errors: those of the ports.
 */
export async function loadDemoCatalog(deps: DemoCatalogDeps, call: Call): Promise<DemoOutcome> {
  const { drafts } = cleanMovies(await deps.readMovies());
  const last = drafts.at(-1);
  if (last === undefined) return { outcome: 'loaded', programs: 0 };
  const states = await deps.catalog.currentStates([last.programId], call);
  if (states.length > 0) return { outcome: 'already', programs: 0 };
  if (await isOccupied(deps.catalog, drafts, call)) return { outcome: 'occupied', programs: 0 };
  await load(deps, drafts, call);
  return { outcome: 'loaded', programs: drafts.length };
}

async function load(
  deps: DemoCatalogDeps,
  drafts: readonly Required<ProgramDraft>[],
  call: Call,
): Promise<void> {
  const { catalog, activity, clock } = deps;
  for (const batch of inBatches(drafts.slice(0, -1))) await write(deps, batch, call);
  for (const views of inBatches(demoViews(drafts, clock.now()))) await activity.recordViews(views, call);
  await write({ ...deps, catalog }, drafts.slice(-1), call);
}

async function write(deps: DemoCatalogDeps, drafts: readonly ProgramDraft[], call: Call): Promise<void> {
  await deps.catalog.putMany(drafts, new Date(deps.clock.now()), call);
  deps.changes.publish(drafts.map(({ programId }) => programId));
}

/** Whether there is a program that a load of these drafts did not write. */
async function isOccupied(
  catalog: DemoCatalogDeps['catalog'],
  drafts: readonly ProgramDraft[],
  call: Call,
): Promise<boolean> {
  const ours = new Set(drafts.map(({ programId }) => programId));
  let after: string | undefined;
  do {
    const page = await catalog.scan(after, BATCH, call);
    if (page.some(({ programId }) => !ours.has(programId))) return true;
    after = page.at(-1)?.programId;
  } while (after !== undefined);
  return false;
}

function* inBatches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH);
}
