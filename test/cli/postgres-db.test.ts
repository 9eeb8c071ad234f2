import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCli } from '../support/cli.ts';
import { useDatabase } from '../support/postgres.ts';

const database = useDatabase({ migrated: false });
const PATIENT = { timeout: 60_000 };
const db = (...args: readonly string[]) => runCli(['db', ...args], { env: { DATABASE_URL: database().url } });

interface Step {
  readonly name: string;
  readonly isMade: boolean;
}

async function steps(): Promise<readonly Step[]> {
  return JSON.parse((await db('status', '--json')).stdout).steps;
}

describe('mediamesh db', () => {
  it('tells what an empty database lacks, makes it, and then has nothing to do', PATIENT, async () => {
    const pending = await steps();
    expect(pending.length).toBeGreaterThanOrEqual(7);
    expect(pending.every(({ isMade }) => !isMade)).toBe(true);
    const names = pending.map(({ name }) => name);
    const before = await db('status');
    expect(before).toMatchObject({ code: EXIT.differs, stderr: '' });
    expect(before.stdout).toBe(names.map((name) => `pending  ${name}\n`).join(''));

    // Two at once: one works, the other waits and finds nothing to do.
    const runs = await Promise.all([db('migrate'), db('migrate')]);
    expect(runs.map(({ code, stdout }) => [code, stdout])).toEqual([
      [EXIT.ok, ''],
      [EXIT.ok, ''],
    ]);
    const made = runs.flatMap(({ stderr }) => stderr.match(/(?<=^made ).*/gm) ?? []);
    expect(made).toEqual(names);
    expect(runs.map(({ stderr }) => stderr.trim().split('\n').at(-1)).toSorted()).toEqual([
      'The schema is up to date now.',
      'The schema is up to date.',
    ]);

    const after = await db('status');
    expect(after).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(after.stdout).toBe(names.map((name) => `made     ${name}\n`).join(''));
    expect((await steps()).every(({ isMade }) => isMade)).toBe(true);
  });

  it('has no database to work on where the configuration has none', async () => {
    for (const args of [['status'], ['migrate']]) {
      const { code, stdout, stderr } = await runCli(['db', ...args], { env: { MEDIAMESH_MODE: 'memory' } });
      expect([code, stdout]).toEqual([EXIT.usage, '']);
      expect(stderr).toMatch(/^mediamesh: No store is set to postgres, .*MEDIAMESH_MODE.*\n$/);
    }
  });

  it.each([
    ['nobody is there', 'postgres://u:hunter2@127.0.0.1:9/films', /127\.0\.0\.1:9: nothing answers there/],
    ['there is no such database', undefined, /database "films-not-there" does not exist/],
  ])('ends with 4 and one line when %s', async (_, given, message) => {
    const url = new URL(given ?? database().url);
    if (given === undefined) url.pathname = '/films-not-there';
    for (const args of [['status'], ['migrate']]) {
      const { code, stderr } = await runCli(['db', ...args], { env: { DATABASE_URL: url.href } });
      expect(stderr).toMatch(message);
      expect([code, stderr.split('\n').length]).toEqual([EXIT.unreachable, 2]);
      expect(stderr).not.toContain(url.password || 'hunter2');
    }
  });
});
