import cliProgress from 'cli-progress';
import type { JobReport } from '../../domain/migration/reports.ts';
import { number } from '../import/progress.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';

/** Shows how far a job is. */
export interface JobProgress {
  update(job: JobReport): void;
  end(): void;
}

const LINE_EVERY_MS = 10_000;

/**
 * On a terminal a bar with share, keys, rate and time left; elsewhere a line every ten seconds; as JSON a line on standard output
 * whenever something is done.
 */
export function createJobProgress(terminal: Terminal, isJson: boolean): JobProgress {
  if (isJson) return createJsonLines(terminal);
  return terminal.stderr.isTTY === true ? createBar(terminal) : createLog(terminal);
}

function createBar({ stderr }: Terminal): JobProgress {
  const pace = createPace();
  let begun = false;
  const bar = new cliProgress.SingleBar({
    stream: stderr as NodeJS.WritableStream,
    format: '{bar} {percentage}%  {done} keys  {rate}/s  {left}{state}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 20,
    // As for imports: a process that is told twice to stop could give neither back.
    hideCursor: false,
    linewrap: true,
    clearOnComplete: true,
    forceRedraw: true,
  });
  return {
    update(job) {
      const { rate, secondsLeft } = pace(job);
      const left = secondsLeft === undefined ? '' : `${number(secondsLeft)} s left`;
      const state = job.state === 'running' ? '' : `  ${job.state}`;
      const total = Math.max(1, job.total ?? 1);
      // Until its last key is done a job is not whole, whatever was estimated.
      const done = job.state === 'finished' ? total : Math.min(job.done, total - 1);
      const payload = { done: number(job.done), rate: number(rate), left, state };
      if (begun) bar.update(done, payload);
      else bar.start(total, done, payload);
      begun = true;
    },
    end: () => bar.stop(),
  };
}

function createLog(terminal: Terminal): JobProgress {
  const pace = createPace();
  let saidAt = performance.now();
  return {
    update(job) {
      const { rate, secondsLeft } = pace(job);
      if (performance.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = performance.now();
      const share = job.total ? `${Math.min(99, Math.floor((100 * job.done) / job.total))}%, ` : '';
      const left = secondsLeft === undefined ? '' : `, ${number(secondsLeft)} s left`;
      const state = job.state === 'running' ? '' : `, ${job.state}`;
      say(terminal, `${share}${number(job.done)} keys, ${number(rate)}/s${left}${state}`);
    },
    end: () => undefined,
  };
}

function createJsonLines({ stdout }: Terminal): JobProgress {
  let last = '';
  return {
    update(job) {
      const line = JSON.stringify({ type: 'progress', ...job });
      if (line !== last) stdout.write(`${line}\n`);
      last = line;
    },
    end: () => undefined,
  };
}

/** Since this process began to look: a job that was paused for a day is no slower for it. */
function createPace() {
  const startedAt = performance.now();
  let doneBefore: number | undefined;
  return ({ done, total }: JobReport) => {
    doneBefore ??= done;
    const seconds = Math.max(0.001, (performance.now() - startedAt) / 1000);
    const rate = Math.round((done - doneBefore) / seconds);
    const known = total !== null && rate > 0;
    return { rate, secondsLeft: known ? Math.ceil(Math.max(0, total - done) / rate) : undefined };
  };
}
