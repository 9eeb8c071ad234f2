import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/cli.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { useDynamodb } from '../support/dynamodb.ts';
import { createFleet } from '../support/journeys/fleet.ts';
import { journeyEnv } from '../support/journeys/journey-env.ts';
import { seedPrograms } from '../support/journeys/seed-programs.ts';
import { useDatabase } from '../support/postgres.ts';
import { builtProgram } from '../support/programs/built-program.ts';

/** The runbook's commands, executed as they stand on a service of their own with readers at work. */

const database = useDatabase();
const dynamodb = useDynamodb();
const PROGRAMS = 100;

const env = () => ({
  ...journeyEnv(database().url, dynamodb()),
  SHADOW_READ_PERCENT: '100',
  MIGRATION_SOAK_SECONDS: '2',
  MIGRATION_MIN_COMPARISONS: '20',
  // The tables of tests are made without protection, which `tables diff` would name.
  DYNAMODB_DELETION_PROTECTION: 'off',
  DYNAMODB_POINT_IN_TIME_RECOVERY: 'off',
});
const fleet = createFleet(env);
let isReading = true;
let reading: Promise<void> | undefined;

async function readMeanwhile(): Promise<void> {
  for (let at = 0; isReading; at += 1) {
    const response = await fetch(`${fleet.url('one')}/v1/programs/seeded-${at % PROGRAMS}`);
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The shell blocks of the page, in order. */
async function blocks(): Promise<readonly string[]> {
  const page = await readFile('docs/migration-runbook.md', 'utf8');
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands = '']) => commands);
}

/** Starts what npx starts, from the build, and nothing else: only the first calls of npx say something new. */
async function builtNpx(): Promise<string> {
  const { program, compileCache } = await builtProgram('cli');
  const node = `NODE_COMPILE_CACHE='${compileCache}' '${process.execPath}'`;
  return `npx() { [ "$1" = mediamesh ] && ${node} '${program}' "\${@:2}"; }`;
}

function execute(commands: string, npx: string): ReturnType<typeof run> {
  return run('bash', ['-c', `set -euo pipefail\nexport SERVICE='${fleet.url('one')}'\n${npx}\n${commands}`], {
    env: { ...env(), HOME: process.env.HOME ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
}

beforeAll(async () => {
  await fleet.start('one');
  await seedPrograms(fleet.url('one'), PROGRAMS);
  reading = readMeanwhile();
}, 120_000);

afterAll(async () => {
  isReading = false;
  await reading;
  await fleet.stop();
}, 60_000);

describe('the migration runbook', () => {
  it('has commands that work as they stand, from the first to the last', async () => {
    const [all, npx] = [await blocks(), await builtNpx()];
    expect(all.length).toBeGreaterThanOrEqual(9);
    for (const [at, commands] of all.entries()) {
      const { code, stdout, stderr } = await execute(commands, at === 0 ? '' : npx);
      expect(code, `${commands}\n${stdout}\n${stderr}`).toBe(0);
    }
    const { stdout } = await execute('npx mediamesh migrate history programs --json', npx);
    const phases = (JSON.parse(stdout) as { items: { phase: string; readPercent: number }[] }).items;
    expect(phases.map(({ phase }) => phase)).toContain('primary');
    expect(phases[0]?.phase).toBe('off');
  }, 600_000);
});
