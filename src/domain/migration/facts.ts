import type { Call } from '../../ports/call.ts';
import type { Job, JobKind } from '../../ports/migration-jobs.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import type { GateFacts } from './gates.ts';
import type { MigrationDeps } from './migration-deps.ts';

/** Reads all that a gate looks at. */
export async function gatherFacts(deps: MigrationDeps, dataSet: Migrated, call: Call): Promise<GateFacts> {
  const record = await deps.phases.read(dataSet, call);
  const [depth, tally, backfill, verification] = await Promise.all([
    deps.outbox.depth(dataSet, call),
    deps.comparisons.tally(dataSet, record.epoch, call),
    lastFinished(deps, dataSet, 'backfill', call),
    lastFinished(deps, dataSet, 'verify', call),
  ]);
  return { record, depth, tally, backfill, verification, bounds: deps.bounds, nowMs: deps.clock.now() };
}

async function lastFinished(
  { jobs }: MigrationDeps,
  dataSet: Migrated,
  kind: JobKind,
  call: Call,
): Promise<Job | undefined> {
  return (await jobs.list({ dataSet, kind, state: 'finished' }, 1, call))[0];
}
