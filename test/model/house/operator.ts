import { DomainError } from '../../../src/domain/errors.ts';
import { changePhase } from '../../../src/domain/migration/change-phase.ts';
import type { DataSetStatus } from '../../../src/domain/migration/migration.ts';
import type { MigrationDeps, SetOperations } from '../../../src/domain/migration/migration-deps.ts';
import { PHASE_LEASE_MS } from '../../../src/domain/migration/phase-lease.ts';
import { startJob } from '../../../src/domain/migration/start-job.ts';
import { statusOf, stepBack } from '../../../src/domain/migration/status.ts';
import type { JobKind } from '../../../src/ports/migration-jobs.ts';
import type { House, Ports } from './house.ts';
import { BOUNDS, CALL } from './house.ts';
import { untilQuiet } from './scheduler.ts';

/** The person at the migration: does what the status says stands in the way, and never forces a step. One thing at a time. */
export interface Operator {
  advance(): void;
  back(): void;
  start(kind: JobKind): void;
  change(change: 'pause' | 'resume'): void;
  isBusy(): boolean;
}

const WHO = { changedBy: 'operator', startedBy: 'operator' };

export function createOperator(house: House): Operator {
  const ports = house.portsFor(new AbortController().signal, () => false);
  const deps = depsOf(house, ports);
  let isBusy = false;
  const run = (work: () => Promise<unknown>): void => {
    if (isBusy) return;
    isBusy = true;
    work()
      .catch((error: unknown) => {
        if (!(error instanceof DomainError)) house.ledger.fail('all comes to rest', `the operator: ${error}`);
      })
      .finally(() => {
        isBusy = false;
      });
  };
  return {
    isBusy: () => isBusy,
    advance: () => run(() => advance(deps)),
    back: () =>
      run(async () => {
        const step = stepBack(await deps.phases.read('programs', CALL));
        if (step !== undefined) await changePhase(deps, 'programs', { ...step, ...WHO }, CALL);
      }),
    start: (kind) => run(() => startJob(deps, 'programs', { kind, ...WHO }, CALL)),
    change: (change) =>
      run(async () => {
        const [job] = await deps.jobs.list({ state: change === 'pause' ? 'running' : 'paused' }, 1, CALL);
        if (job !== undefined) await deps.jobs.changeState(job.jobId, change, null, CALL);
      }),
  };
}

/** Where a house may stand when a script begins. */
export const STANDINGS = {
  off: { phase: 'off', readPercent: 0 },
  'dual-write': { phase: 'dual-write', readPercent: 0 },
  'half of the reads': { phase: 'read-fallback', readPercent: 50 },
  'all reads': { phase: 'read-fallback', readPercent: 100 },
  primary: { phase: 'primary', readPercent: 100 },
} as const;
export type Standing = keyof typeof STANDINGS;

/** Jobs and changes on the way to the last standing, and some more. */
const MOST_STEPS = 20;

/** Brings a new house there while nobody else is about, by the same steps. */
export async function bringTo(house: House, standing: Standing): Promise<void> {
  const { phase, readPercent } = STANDINGS[standing];
  const never = new AbortController().signal;
  await house.scheduler.atOnce(async () => {
    const deps = depsOf(
      house,
      house.portsFor(never, () => true),
    );
    const isThere = () => house.record().phase === phase && house.record().readPercent === readPercent;
    for (let left = MOST_STEPS; !isThere(); left -= 1) {
      if (left === 0) throw new Error(`the house does not come to ${standing}`);
      await advance(deps);
      house.instances[0]?.begin('job');
      await settled(house);
    }
    for (const instance of house.instances) instance.begin('phase');
    await settled(house);
  });
}

async function settled({ instances }: House): Promise<void> {
  while (instances.some((instance) => instance.isBusy())) await untilQuiet();
}

async function advance(deps: MigrationDeps): Promise<void> {
  const status = await statusOf(deps, 'programs', CALL);
  const { next } = status;
  if (next === undefined) return;
  const job = jobFor(status);
  if (job !== undefined) await startJob(deps, 'programs', { kind: job, ...WHO }, CALL);
  else if (next.blockers.length === 0) {
    await changePhase(deps, 'programs', { ...next, readPercent: rungOf(next.readPercent), ...WHO }, CALL);
  }
}

/** Straight to half of the reads, then to all: there are too few keys for the rungs below. */
function rungOf(readPercent: number): number {
  if (readPercent > 50) return 100;
  return readPercent > 0 ? 50 : 0;
}

/** What the next step asks for, if that is a job. */
function jobFor({ next, jobs: { verify, repair } }: DataSetStatus): JobKind | undefined {
  const asks = (job: string) => next?.blockers.some((blocker) => blocker.includes(`run a ${job}`)) ?? false;
  if (asks('backfill')) return 'backfill';
  if (asks('verification')) return 'verify';
  if (!asks('repair')) return undefined;
  const isRepaired = (repair?.createdAt.getTime() ?? 0) > (verify?.createdAt.getTime() ?? 0);
  return isRepaired ? 'verify' : 'repair';
}

function depsOf(
  { clock, scheduler }: House,
  { outbox, comparisons, jobs, phases, catalog }: Ports,
): MigrationDeps {
  const none: SetOperations = {
    migratable: false,
    splitTruth: async () => [],
    estimate: async () => 0,
    examineCopy: async () => [],
  };
  const programs: SetOperations = {
    migratable: true,
    splitTruth: catalog.splitKeys,
    estimate: async () => null,
    examineCopy: async () => [],
  };
  return {
    outbox,
    comparisons,
    jobs,
    phases,
    sets: { programs, search: none },
    bounds: BOUNDS,
    leaseMs: PHASE_LEASE_MS,
    clock,
    pause: scheduler.sleep,
    onForced: () => undefined,
    onJob: () => undefined,
  };
}
