import { setTimeout as sleep } from 'node:timers/promises';
import type { JobReport } from '../../domain/migration/reports.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { number } from '../import/progress.ts';
import type { Terminal } from '../terminal.ts';
import { complain, say } from '../terminal.ts';
import { writeText } from '../write-text.ts';
import type { Session } from './session.ts';
import { nameOf, workText } from './texts.ts';

const SHOWN = 10;
const POLL_MS = 100;
const DRAIN_MS = 30_000;

/** Tells what a finished job came to, and with which code the command ends. */
export async function endJob(
  terminal: Terminal,
  session: Session,
  job: JobReport,
  isJson: boolean,
): Promise<ExitCode> {
  if (isJson) await writeText(terminal.stdout, `${JSON.stringify({ type: 'summary', ...job })}\n`);
  say(terminal, `The ${nameOf(job.kind)} of ${job.dataSet} is finished: ${workText(job)}.`);
  if (job.kind === 'backfill') return endBackfill(terminal, job);
  if (job.kind === 'verify') return await endVerification(terminal, session, job);
  return await endRepair(terminal, session, job);
}

function endBackfill(terminal: Terminal, { dataSet, counts }: JobReport): ExitCode {
  const failed = counts.failed ?? 0;
  if (failed === 0) return EXIT.ok;
  complain(
    terminal,
    `${number(failed)} copies could not be made; npx mediamesh migrate parked ${dataSet} says why.`,
  );
  return EXIT.error;
}

async function endVerification(
  terminal: Terminal,
  { migration, call }: Session,
  { jobId, dataSet, counts }: JobReport,
): Promise<ExitCode> {
  const wrong = Object.entries(counts).reduce(
    (sum, [name, count]) => (name === 'match' ? sum : sum + count),
    0,
  );
  if (wrong === 0) {
    say(terminal, 'Every copy is right, and there is none too many.');
    return EXIT.ok;
  }
  const shown = await migration.differences(dataSet, { foundBy: jobId }, SHOWN, call);
  for (const { key, class: name, truthVersion, copyVersion, paths } of shown) {
    const versions = `version ${truthVersion ?? 'none'} in the catalogue, ${copyVersion ?? 'none'} in the copy`;
    complain(terminal, `${key}: ${name}, ${versions}${paths.length > 0 ? `: ${paths.join(', ')}` : ''}`);
  }
  const all = `npx mediamesh migrate differences ${dataSet} --job ${jobId}`;
  complain(
    terminal,
    `${number(wrong)} copies are wrong (${all}). npx mediamesh migrate repair ${dataSet} mends them.`,
  );
  return EXIT.differs;
}

/** What was marked is written by relays: the command stays until that is done, or says that it is not. */
async function endRepair(
  terminal: Terminal,
  { stores, call }: Session,
  { dataSet, counts }: JobReport,
): Promise<ExitCode> {
  const marked = counts.marked ?? 0;
  if (marked === 0) {
    say(terminal, 'There was nothing to mend.');
    return EXIT.ok;
  }
  const begun = performance.now();
  for (;;) {
    const { oldestAgeMs } = await stores.local.cradle.outbox.depth(dataSet, call);
    const waitedMs = performance.now() - begun;
    const isDone = oldestAgeMs < waitedMs;
    if (isDone || waitedMs > DRAIN_MS) {
      const what = isDone ? 'were written anew' : 'are marked; the relays are still writing them';
      say(terminal, `${number(marked)} wrong copies ${what}. Verify again to be sure.`);
      return EXIT.ok;
    }
    await sleep(POLL_MS, undefined, { signal: call.signal });
  }
}
