import { setTimeout as delay } from 'node:timers/promises';
import { PhaseNotReachable } from '../../../src/domain/errors.ts';
import type { DataSetStatus } from '../../../src/domain/migration/migration.ts';
import type { Job, JobKind, JobSettings } from '../../../src/ports/migration-jobs.ts';
import type { Migrated, Phase, PhaseRecord } from '../../../src/ports/phase-store.ts';
import { aCall } from '../call.ts';
import { aService } from '../service.ts';
import { readMetric } from './metrics.ts';

/** Whoever takes the steps of a migration: from a process of its own, as the command line does. */
export interface Operator {
  /** Takes a step as soon as nothing stands in its way; throws with what does, when that lasts. */
  step(dataSet: Migrated, phase: Phase, readPercent?: number): Promise<PhaseRecord>;
  /** Runs a job to its end. */
  run(dataSet: Migrated, kind: JobKind, settings?: Partial<JobSettings>): Promise<Job>;
  startJob(dataSet: Migrated, kind: JobKind, settings?: Partial<JobSettings>): Promise<Job>;
  job(jobId: string): Promise<Job>;
  status(dataSet: Migrated): Promise<DataSetStatus>;
  /** Resolves when no mark of the data set is left. */
  drained(dataSet: Migrated | 'documents', patienceMs?: number): Promise<void>;
  dispose(): Promise<void>;
}

const PATIENCE_MS = 30_000;

export function createOperator(databaseUrl: string, env: Readonly<Record<string, string>>): Operator {
  const { cradle, dispose } = aService(databaseUrl, env);
  const { migration, outbox } = cradle;
  const job = (jobId: string) => migration.job(jobId, aCall());
  const startJob: Operator['startJob'] = async (dataSet, kind, settings = {}) => {
    const { job: started } = await migration.startJob(
      dataSet,
      { kind, settings, startedBy: 'journey' },
      aCall(),
    );
    return started;
  };
  return {
    job,
    startJob,
    dispose,
    async step(dataSet, phase, readPercent) {
      const request = { phase, changedBy: 'journey', ...(readPercent !== undefined && { readPercent }) };
      return await patiently(
        () => migration.changePhase(dataSet, request, aCall()),
        (error) => error instanceof PhaseNotReachable,
      );
    },
    async run(dataSet, kind, settings) {
      const { jobId } = await startJob(dataSet, kind, settings);
      return await until(`the ${kind} of ${dataSet} is over`, async () => {
        const now = await job(jobId);
        return now.state === 'running' ? undefined : now;
      });
    },
    async status(dataSet) {
      const found = (await migration.status(aCall())).find((status) => status.dataSet === dataSet);
      if (found === undefined) throw new Error(`there is no status of ${dataSet}`);
      return found;
    },
    async drained(dataSet, patienceMs) {
      await until(
        `the outbox of ${dataSet} is empty`,
        async () => {
          const { pending, parked } = await outbox.depth(dataSet, aCall());
          return pending + parked === 0 ? true : undefined;
        },
        patienceMs,
      );
    },
  };
}

async function patiently<Result>(run: () => Promise<Result>, isPassing: (error: unknown) => boolean) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error;
      await delay(200);
    }
  }
}

/** Looks again until there is an answer. */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<Value> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
    await delay(50);
  }
}

/** How long after its change every instance said that it acts on a record. Milliseconds. */
export async function spread(
  urls: readonly string[],
  dataSet: Migrated,
  record: PhaseRecord,
): Promise<number> {
  await until(`every instance acts on epoch ${record.epoch} of ${dataSet}`, async () => {
    const epochs = await Promise.all(urls.map((url) => readMetric(url, 'epoch', { data_set: dataSet })));
    return epochs.every((epoch) => epoch >= record.epoch) || undefined;
  });
  return Date.now() - record.changedAt.getTime();
}
