import { randomUUID } from 'node:crypto';
import { array, assert, asyncProperty, integer, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryMigrationJobs } from '../../../src/adapters/memory/migration-jobs.ts';
import { RATE_WINDOW_SECONDS } from '../../../src/ports/migration-jobs.ts';
import { started } from '../../contracts/migration-jobs/fixture.ts';
import { migrationJobsContract } from '../../contracts/migration-jobs/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function aFixture() {
  const clock = createFakeClock();
  const jobs = createMemoryMigrationJobs({ clock, ids: { next: randomUUID } });
  return { jobs, other: jobs, clock, passTime: async (ms: number) => clock.advance(ms) };
}

interface Taking {
  readonly atMs: number;
  readonly taken: number;
}

function mostInAnyWindow(takings: readonly Taking[]): number {
  const windows = takings.map(({ atMs }) => {
    const endMs = atMs + RATE_WINDOW_SECONDS * 1_000;
    return takings.filter((each) => each.atMs >= atMs && each.atMs < endMs);
  });
  return Math.max(0, ...windows.map((window) => window.reduce((sum, { taken }) => sum + taken, 0)));
}

describe('memory MigrationJobs', () => {
  migrationJobsContract(async () => aFixture());

  test('the budget is never over the rate in any window of ten seconds', async () => {
    const step = record({ waitMs: integer({ min: 0, max: 700 }), wanted: integer({ min: 1, max: 2_000 }) });
    const steps = array(step, { minLength: 60, maxLength: 150 });
    await assert(
      asyncProperty(integer({ min: 1, max: 2_000 }), steps, async (rate, schedule) => {
        const { jobs, clock } = aFixture();
        const { jobId } = await started(jobs, { settings: { ratePerSecond: rate, concurrency: 1 } });
        const takings: Taking[] = [];
        for (const { waitMs, wanted } of schedule) {
          clock.advance(waitMs);
          takings.push({ atMs: clock.now(), taken: await jobs.takeBudget(jobId, wanted, aCall()) });
        }
        expect(mostInAnyWindow(takings)).toBeLessThanOrEqual(rate * RATE_WINDOW_SECONDS);
      }),
      { numRuns: 200 },
    );
  });

  test('a clock that is set back gives nothing twice, and the budget goes on from there', async () => {
    const { jobs, clock } = aFixture();
    const { jobId } = await started(jobs, { settings: { ratePerSecond: 100, concurrency: 1 } });
    await jobs.takeBudget(jobId, 50, aCall());
    clock.advance(-3_600_000);
    expect(await jobs.takeBudget(jobId, 50, aCall())).toBe(0);
    clock.advance(200);
    expect(await jobs.takeBudget(jobId, 50, aCall())).toBe(19);
  });
});
