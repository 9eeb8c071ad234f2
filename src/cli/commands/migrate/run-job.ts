import { setTimeout as sleep } from 'node:timers/promises';
import type { JobReport } from '../../../domain/migration/reports.ts';
import { jobReport } from '../../../domain/migration/reports.ts';
import type { Job, JobKind, JobSettings } from '../../../ports/migration-jobs.ts';
import type { Migrated } from '../../../ports/phase-store.ts';
import { CommandError } from '../../command-error.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { EXIT } from '../../exit-codes.ts';
import { endJob } from '../../migrate/job-end.ts';
import { createJobProgress } from '../../migrate/job-progress.ts';
import type { Session } from '../../migrate/session.ts';
import { withMigration } from '../../migrate/session.ts';
import { nameOf } from '../../migrate/texts.ts';
import { whoAsks } from '../../migrate/who.ts';
import type { Terminal } from '../../terminal.ts';
import { say } from '../../terminal.ts';
import { writeText } from '../../write-text.ts';

export interface JobOptions {
  readonly rate?: number | 'none';
  readonly concurrency?: number;
  readonly detach?: boolean;
  readonly json?: boolean;
}

const POLL_MS = 250;

/**
 * Starts a job, or joins the one that is under way, works on it beside the service's instances and stays until it is over. The
 * relays run too: a job waits for the copies to follow, and without a service nobody else would see to that.
 */
export async function runJob(
  terminal: Terminal,
  kind: JobKind,
  dataSet: Migrated,
  options: JobOptions,
): Promise<ExitCode> {
  return await withMigration(terminal, async (session) => {
    const job = await startOrJoin(terminal, session, kind, dataSet, options);
    if (options.detach === true) return await detach(terminal, job, options);
    session.stores.local.startBackground(true);
    try {
      const end = await follow(terminal, session, job, options);
      refuseUnfinished(end);
      return await endJob(terminal, session, end, options.json === true);
    } catch (error) {
      if (session.interrupts.stop.aborted) say(terminal, howItGoesOn(job));
      throw error;
    }
  });
}

async function startOrJoin(
  terminal: Terminal,
  { migration, call }: Session,
  kind: JobKind,
  dataSet: Migrated,
  options: JobOptions,
): Promise<Job> {
  const settings = settingsOf(options);
  const { job, created } = await migration.startJob(dataSet, { kind, settings, startedBy: whoAsks() }, call);
  if (created) return job;
  say(terminal, `A ${nameOf(kind)} of ${dataSet} is under way already: joining it (${job.jobId}).`);
  return Object.keys(settings).length === 0
    ? job
    : await migration.changeJobSettings(job.jobId, settings, call);
}

export function settingsOf({ rate, concurrency }: JobOptions): Partial<JobSettings> {
  return {
    ...(rate !== undefined && { ratePerSecond: rate === 'none' ? null : rate }),
    ...(concurrency !== undefined && { concurrency }),
  };
}

async function detach(terminal: Terminal, job: Job, { json }: JobOptions): Promise<ExitCode> {
  const text =
    json === true
      ? JSON.stringify(jobReport(job))
      : `The ${nameOf(job.kind)} ${job.jobId} is started. The instances of the service work on it; npx mediamesh migrate status ${job.dataSet} says how far it is.`;
  await writeText(terminal.stdout, `${text}\n`);
  return EXIT.ok;
}

async function follow(
  terminal: Terminal,
  { migration, call }: Session,
  { jobId }: Job,
  { json = false }: JobOptions,
): Promise<JobReport> {
  const progress = createJobProgress(terminal, json);
  let wasPaused = false;
  try {
    for (;;) {
      const job = jobReport(await migration.job(jobId, call));
      progress.update(job);
      if (job.finishedAt !== null) return job;
      if (job.state === 'paused' && !wasPaused) say(terminal, pausedText(job));
      wasPaused = job.state === 'paused';
      await sleep(POLL_MS, undefined, { signal: call.signal });
    }
  } finally {
    progress.end();
  }
}

function pausedText({ jobId, reason }: JobReport): string {
  const why = reason === null ? '' : ` (${reason})`;
  return `The job is paused${why}. Waiting: npx mediamesh migrate resume ${jobId} lets it go on.`;
}

function refuseUnfinished({ kind, state, reason, done }: JobReport): void {
  if (state === 'finished') return;
  const why = reason === null ? '' : `: ${reason}`;
  throw new CommandError(EXIT.error, `the ${nameOf(kind)} was ${stateText(state)} after ${done} keys${why}`);
}

function stateText(state: JobReport['state']): string {
  return state === 'failed' ? 'given up' : state;
}

function howItGoesOn({ jobId, kind, dataSet }: Job): string {
  const next = `npx mediamesh migrate ${kind} ${dataSet} takes it up again`;
  return `The job ${jobId} is not over: running instances of the service go on with it, and ${next}. To end it: npx mediamesh migrate cancel ${jobId}.`;
}
