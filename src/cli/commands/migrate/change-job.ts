import type { JobChange } from '../../../domain/migration/migration.ts';
import { jobReport } from '../../../domain/migration/reports.ts';
import type { Job, JobState } from '../../../ports/migration-jobs.ts';
import { CommandError } from '../../command-error.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { EXIT } from '../../exit-codes.ts';
import { number } from '../../import/progress.ts';
import { withMigration } from '../../migrate/session.ts';
import { nameOf } from '../../migrate/texts.ts';
import { whoAsks } from '../../migrate/who.ts';
import type { Terminal } from '../../terminal.ts';
import { writeText } from '../../write-text.ts';
import type { JobOptions } from './run-job.ts';
import { settingsOf } from './run-job.ts';

interface JsonOption {
  readonly json?: boolean;
}

const BECOMES: Readonly<Record<JobChange, JobState>> = {
  pause: 'paused',
  resume: 'running',
  cancel: 'cancelled',
};

/** Pauses, resumes or cancels a job, wherever it is worked on. */
export async function changeJob(
  terminal: Terminal,
  change: JobChange,
  jobId: string,
  options: JsonOption,
): Promise<ExitCode> {
  return await withMigration(terminal, async ({ migration, call }) => {
    const job = await migration.changeJob(jobId, change, `by ${whoAsks()}`, call);
    if (job.state !== BECOMES[change]) {
      throw new CommandError(
        EXIT.error,
        `the job is ${job.state}: it can not be ${BECOMES[change]} any more`,
      );
    }
    await tell(terminal, job, options);
    return EXIT.ok;
  });
}

/** Changes how fast a job goes, while it runs. */
export async function throttleJob(terminal: Terminal, jobId: string, options: JobOptions): Promise<ExitCode> {
  const settings = settingsOf(options);
  if (Object.keys(settings).length === 0) {
    throw new CommandError(EXIT.usage, 'say how fast it may go: --rate, --concurrency or both');
  }
  return await withMigration(terminal, async ({ migration, call }) => {
    await tell(terminal, await migration.changeJobSettings(jobId, settings, call), options);
    return EXIT.ok;
  });
}

async function tell({ stdout }: Terminal, job: Job, { json = false }: JsonOption): Promise<void> {
  const { ratePerSecond, concurrency } = job.settings;
  const rate = ratePerSecond === null ? 'at any rate' : `at most ${number(ratePerSecond)} keys a second`;
  const text = `The ${nameOf(job.kind)} of ${job.dataSet} is ${job.state}: ${number(job.done)} keys done, ${rate}, ${concurrency} at once.`;
  await writeText(stdout, json ? `${JSON.stringify(jobReport(job), null, 2)}\n` : `${text}\n`);
}
