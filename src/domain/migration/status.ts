import type { Call } from '../../ports/call.ts';
import type { Job, JobKind } from '../../ports/migration-jobs.ts';
import type { Migrated, PhaseRecord } from '../../ports/phase-store.ts';
import { gatherFacts } from './facts.ts';
import { blockersOf, oneStore } from './gates.ts';
import type { DataSetStatus, NextStep } from './migration.ts';
import type { MigrationDeps } from './migration-deps.ts';
import { PHASES } from './phase-order.ts';
import { higherShare } from './thresholds.ts';

const KINDS: readonly JobKind[] = ['backfill', 'verify', 'repair'];

export async function statusOf(deps: MigrationDeps, dataSet: Migrated, call: Call): Promise<DataSetStatus> {
  const [facts, instances, newest] = await Promise.all([
    gatherFacts(deps, dataSet, call),
    deps.phases.instances(call),
    Promise.all(KINDS.map((kind) => newestJob(deps, dataSet, kind, call))),
  ]);
  const { record, depth: outbox, tally: comparisons } = facts;
  const step = nextStep(record);
  const { migratable } = deps.sets[dataSet];
  const blockers = migratable ? [] : [oneStore(dataSet)];
  return {
    dataSet,
    migratable,
    record,
    outbox,
    comparisons,
    jobs: Object.fromEntries(newest.flatMap((job) => (job === undefined ? [] : [[job.kind, job]]))),
    instances: instances.filter(({ ageMs }) => ageMs < deps.leaseMs),
    next: step && { ...step, blockers: [...blockers, ...blockersOf(step, facts)] },
  };
}

async function newestJob(
  { jobs }: MigrationDeps,
  dataSet: Migrated,
  kind: JobKind,
  call: Call,
): Promise<Job | undefined> {
  return (await jobs.list({ dataSet, kind }, 1, call))[0];
}

/** Where `advance` goes from here: up the ladder of reads within `read-fallback`, else to the next phase. */
export function nextStep({ phase, readPercent }: PhaseRecord): Omit<NextStep, 'blockers'> | undefined {
  const share = phase === 'read-fallback' ? higherShare(readPercent) : undefined;
  if (share !== undefined) return { phase, readPercent: share };
  const next = PHASES[PHASES.indexOf(phase) + 1];
  if (next === undefined) return undefined;
  return { phase: next, readPercent: next === 'primary' ? 100 : 0 };
}

/** Where `back` goes from here. */
export function stepBack({ phase }: PhaseRecord): Omit<NextStep, 'blockers'> | undefined {
  const before = PHASES[PHASES.indexOf(phase) - 1];
  if (before === undefined) return undefined;
  return { phase: before, readPercent: before === 'read-fallback' ? 100 : 0 };
}
