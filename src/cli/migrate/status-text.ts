import type { JobReport, StatusReport } from '../../domain/migration/reports.ts';
import { number } from '../import/progress.ts';
import { phaseText, timeText, workText } from './texts.ts';

const LABEL = 14;

/** Where a migration stands, for people. */
export function statusText(status: StatusReport): string {
  const { dataSet, outbox, comparisons, mismatches } = status;
  const lines = [
    line('phase', phaseText(status)),
    line('changed', changeText(status)),
    line('outbox', outboxText(outbox)),
    line('comparisons', `${number(comparisons)} since the last change, ${number(mismatches)} wrong`),
    line('backfill', jobText(status.backfill)),
    line('verification', jobText(status.lastVerification)),
    ...(status.repair === null ? [] : [line('repair', jobText(status.repair))]),
    line('instances', instancesText(status)),
    nextText(status),
  ];
  return `${dataSet}\n${lines.join('')}`;
}

/** The next step, and what stands in its way. */
export function nextText({ dataSet, next }: StatusReport): string {
  if (next === null) return line('next', 'nothing: the copies are primary');
  const step = phaseText(next);
  if (next.blockers.length === 0) return line('next', `${step}: npx mediamesh migrate advance ${dataSet}`);
  const blockers = next.blockers.map((blocker) => line('', `- ${blocker}`));
  return line('next', `${step}, when nothing stands in the way any more:`) + blockers.join('');
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(LABEL)}${text}\n`;
}

function changeText({ epoch, changedAt, changedBy, reason }: StatusReport): string {
  if (epoch === 0) return 'never';
  return `${timeText(changedAt)} by ${changedBy}${reason === '' ? '' : `: ${reason}`} (epoch ${epoch})`;
}

function outboxText({ pending, parked, oldestAgeMs }: StatusReport['outbox']): string {
  const age = pending === 0 ? '' : `, the oldest for ${number(Math.round(oldestAgeMs))} ms`;
  return `${number(pending)} keys wait${age}; ${number(parked)} are parked`;
}

function jobText(job: JobReport | null): string {
  if (job === null) return 'none yet';
  const { jobId, state, finishedAt, done, total, secondsLeft, reason } = job;
  if (finishedAt !== null) {
    const why = reason === null ? '' : ` (${reason})`;
    return `${state} ${timeText(finishedAt)}${why}, ${workText(job)}`;
  }
  const share = total === null ? '' : ` of about ${number(total)}`;
  const left = secondsLeft === null ? '' : `, about ${number(secondsLeft)} s left`;
  return `${state}, ${number(done)}${share} keys${left} (${jobId})`;
}

function instancesText({ instances, epoch }: StatusReport): string {
  if (instances.length === 0) return 'none runs';
  const late = instances.filter((instance) => instance.epoch < epoch);
  const names = late.map(({ instanceId, epoch: at }) => `${instanceId} at epoch ${at}`).join(', ');
  const acting = late.length === 0 ? 'all act on this' : `these do not act on this yet: ${names}`;
  return `${instances.length} live, ${acting}`;
}
