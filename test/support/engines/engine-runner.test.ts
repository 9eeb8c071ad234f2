import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../folder.ts';

const { pathOf } = useFolder();

/** Runs a file that needs a Redis, where the Redis that the environment names does not answer. */
async function runWithoutRedis(choice: string) {
  const report = pathOf(`${choice}.json`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', 'test/support/redis.test.ts'];
  const env = { PATH: process.env.PATH, REDIS_URL: 'redis://127.0.0.1:1', TEST_ENGINES: choice };
  const child = spawn(process.execPath, args, {
    env: { ...env, MEDIAMESH_TEST_REPORT: report },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { said, code, counts: JSON.parse(await readFile(report, 'utf8')) as Record<string, unknown> };
}

describe('a run without one of its engines', () => {
  it('fails, and names it at the end', async () => {
    const { said, code, counts } = await runWithoutRedis('all');
    expect(code).toBe(1);
    expect(counts).toMatchObject({ success: false, numPassedTests: 0 });
    expect(said).toMatch(
      /engine redis: MISSING, tests that need it FAILED: REDIS_URL is set, and nothing answers at 127\.0\.0\.1:1\n$/,
    );
  }, 60_000);

  it('skips its tests with TEST_ENGINES=available, and names it at the end', async () => {
    const { said, code, counts } = await runWithoutRedis('available');
    expect(code).toBe(0);
    expect(counts).toMatchObject({ success: true, numPassedTests: 0, numFailedTests: 0, numPendingTests: 2 });
    expect(said).toMatch(/engine redis: MISSING, tests that need it were SKIPPED: REDIS_URL is set.*\n$/);
  }, 60_000);

  it('looks for no engine with TEST_ENGINES=none', async () => {
    const { said, code } = await runWithoutRedis('none');
    expect(code).toBe(1);
    expect(said).toContain('TEST_ENGINES=none');
  }, 60_000);
});
