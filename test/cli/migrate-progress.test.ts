import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJobProgress } from '../../src/cli/migrate/job-progress.ts';
import type { JobReport } from '../../src/domain/migration/reports.ts';
import { createFakeTerminal, jsonLines } from '../support/cli.ts';

const AT = new Date('2026-01-31T20:15:00Z');

function aJob(overrides: Partial<JobReport> = {}): JobReport {
  return {
    ...{ jobId: 'j', dataSet: 'programs', kind: 'backfill', state: 'running', startedBy: 'cli' },
    ...{ createdAt: AT, updatedAt: AT, finishedAt: null, ratePerSecond: null, concurrency: 32 },
    ...{ done: 0, total: 4_000, counts: {}, parts: { total: 16, done: 0 } },
    ...{ itemsPerSecond: null, secondsLeft: null, reason: null },
    ...overrides,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the progress of a job', () => {
  it('on a terminal is a bar with share, keys, rate and time left, gone at the end', async () => {
    const terminal = createFakeTerminal({ isTTY: true });
    const progress = createJobProgress(terminal, false);
    progress.update(aJob());
    await vi.advanceTimersByTimeAsync(1_000);
    progress.update(aJob({ done: 1_000 }));
    await vi.advanceTimersByTimeAsync(500);
    expect(terminal.said()).toMatch(/█{5}░{15} 25% {2}1,000 keys {2}1,000\/s {2}3 s left/);
    progress.update(aJob({ done: 1_000, state: 'paused' }));
    await vi.advanceTimersByTimeAsync(500);
    expect(terminal.said()).toContain('left  paused');
    progress.end();
    await vi.advanceTimersByTimeAsync(1);
    // The last thing written clears the line.
    expect(terminal.said().slice(-4)).toBe('\u001b[2K');
    for (const hidden of ['\u001b[?25l', '\u001b[?7l']) expect(terminal.said()).not.toContain(hidden);
  });

  it('is not whole before the job is over, whatever was estimated, and has no time left that nobody knows', async () => {
    const terminal = createFakeTerminal({ isTTY: true });
    const progress = createJobProgress(terminal, false);
    progress.update(aJob({ done: 9_000, total: 4_000 }));
    await vi.advanceTimersByTimeAsync(500);
    progress.update(aJob({ done: 9_001, total: null }));
    progress.end();
    expect(terminal.said()).toContain('9,000 keys');
    expect(terminal.said()).not.toMatch(/100%|left/);
  });

  it('elsewhere is a line every ten seconds, at the rate since it was looked at', async () => {
    const terminal = createFakeTerminal();
    const progress = createJobProgress(terminal, false);
    for (let second = 0; second <= 25; second += 1) {
      progress.update(aJob({ done: 500 + 100 * second }));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    progress.end();
    expect(terminal.said()).toBe('37%, 1,500 keys, 100/s, 25 s left\n62%, 2,500 keys, 100/s, 15 s left\n');
  });

  it('as JSON is a line for each news, on standard output', () => {
    const terminal = createFakeTerminal({ isTTY: true });
    const progress = createJobProgress(terminal, true);
    for (const done of [0, 0, 7]) progress.update(aJob({ done }));
    progress.end();
    expect(jsonLines(terminal.printed())).toMatchObject([
      { type: 'progress', jobId: 'j', done: 0 },
      { type: 'progress', done: 7, createdAt: '2026-01-31T20:15:00.000Z' },
    ]);
    expect(terminal.said()).toBe('');
  });
});
