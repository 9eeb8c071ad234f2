import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  compareSides,
  EQUAL,
  programsOfDynamodb,
  programsOfPostgres,
} from '../support/journeys/both-sides.ts';
import { createDice, journeySeed } from '../support/journeys/dice.ts';
import type { Figures } from '../support/journeys/figures.ts';
import { figuresSince } from '../support/journeys/figures.ts';
import { createFleet } from '../support/journeys/fleet.ts';
import { journeyEnv } from '../support/journeys/journey-env.ts';
import type { Load } from '../support/journeys/load.ts';
import { startLoad } from '../support/journeys/load.ts';
import { readMetric } from '../support/journeys/metrics.ts';
import type { Operator } from '../support/journeys/operator.ts';
import { createOperator, until } from '../support/journeys/operator.ts';
import { seedPrograms } from '../support/journeys/seed-programs.ts';
import { useOwnDynamodb } from '../support/own-dynamodb.ts';
import { useDatabase } from '../support/postgres.ts';

const database = useDatabase();
const dynamodb = useOwnDynamodb();

const READ_TIMEOUT_MS = 400;
const env = () => ({
  ...journeyEnv(database().url, dynamodb().tables),
  SEARCH_INDEX: 'postgres',
  SHADOW_READ_PERCENT: '10',
  MIGRATION_MIN_COMPARISONS: '5',
  HOT_READ_TIMEOUT_MS: `${READ_TIMEOUT_MS}`,
  DYNAMODB_REQUEST_TIMEOUT_MS: '1000',
  DYNAMODB_CONNECT_TIMEOUT_MS: '1000',
  DYNAMODB_MAX_ATTEMPTS: '2',
});
const fleet = createFleet(env);
const INSTANCES = ['one', 'two'] as const;
const loads: Load[] = [];
let operator: Operator | undefined;

afterEach(async () => {
  dynamodb().thaw();
  await dynamodb().proxy.set({ kind: 'pass' });
  await Promise.all(loads.splice(0).map((load) => load.stop()));
  await operator?.dispose();
  await fleet.stop();
});

const FAULT_MS = 2500;

interface Fault {
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
}

const pass = () => dynamodb().proxy.set({ kind: 'pass' });
const FAULTS: Readonly<Record<string, Fault>> = {
  frozen: { begin: () => dynamodb().freeze(), end: () => dynamodb().thaw() },
  stopped: { begin: () => dynamodb().proxy.set({ kind: 'refuse' }), end: pass },
  slow: { begin: () => dynamodb().proxy.set({ kind: 'delay', ms: READ_TIMEOUT_MS }), end: pass },
};

/** What requests took while DynamoDB did not work. */
async function during(
  fault: Fault,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Figures> {
  await fault.begin();
  const since = performance.now();
  try {
    await delay(FAULT_MS);
    await meanwhile();
    return figuresSince(loads, since);
  } finally {
    await fault.end();
  }
}

const faults = () => loads.flatMap((load) => load.faults);
const metricOf = (name: string) =>
  Promise.all(fleet.urls().map((url) => readMetric(url, name, { data_set: 'programs' })));

async function begin(): Promise<Operator> {
  await Promise.all(INSTANCES.map((name) => fleet.start(name)));
  await seedPrograms(fleet.url('one'), 200);
  const dice = createDice(journeySeed());
  for (const name of INSTANCES) {
    const url = () => fleet.url(name);
    // Where the copy is primary and does not answer, saying so is right; a 500 or a hang is not.
    const isAllowed: NonNullable<Parameters<typeof startLoad>[0]['isAllowed']> = (answer) =>
      isPrimary && answer.status === 503 && answer.retryAfter !== null;
    loads.push(startLoad({ name, url, dice: dice.fork(), pauseMs: 100, isAllowed }));
  }
  return createOperator(database().url, env());
}

let isPrimary = false;

/** Nobody who reads or writes notices. */
async function expectNoEffect(): Promise<void> {
  const since = performance.now();
  await delay(1000);
  const before = figuresSince(loads, since);
  for (const [name, fault] of Object.entries(FAULTS)) {
    const { p50, requests } = await during(fault);
    expect(requests, name).toBeGreaterThan(10);
    // A read that waited for the copy would take longer by this time-out.
    expect(p50, name).toBeLessThan(before.p50 * 3 + READ_TIMEOUT_MS / 4);
    expect(faults(), name).toEqual([]);
  }
}

async function goToReads(by: Operator): Promise<void> {
  await by.step('programs', 'read-fallback');
  await by.step('programs', 'read-fallback', 100);
}

/** The watchdog takes reads back on every instance, and nothing but a person gives them to the copy again. */
async function expectLowered(fault: Fault): Promise<void> {
  await during(fault, async () => {
    await until('every instance reads less from the copy', async () => {
      const shares = await metricOf('read_percent');
      return shares.every((share) => share < 100) || undefined;
    });
  });
  expect(faults()).toEqual([]);
  const { record } = (await operator?.status('programs')) ?? {};
  expect(record).toMatchObject({ phase: 'read-fallback', changedBy: 'watchdog' });
  const lowered = Math.max(...(await metricOf('read_percent')));
  await delay(2000);
  expect(Math.max(...(await metricOf('read_percent')))).toBeLessThanOrEqual(lowered);
}

/** What a person raises is judged by the reads since then: of a copy that is well again it stays where it was put. */
async function raise(by: Operator): Promise<void> {
  await by.step('programs', 'read-fallback', 100);
  await delay(2500);
  expect((await by.status('programs')).record).toMatchObject({ readPercent: 100, changedBy: 'journey' });
}

async function expectHonesty(): Promise<void> {
  for (const [name, fault] of Object.entries(FAULTS)) {
    const { slowest, statuses } = await during(fault);
    expect(faults(), name).toEqual([]);
    expect(slowest, `${name} ${JSON.stringify(statuses)}`).toBeLessThan(5000);
    await until(`reads are answered after ${name}`, async () => {
      const since = performance.now();
      await delay(500);
      const after = figuresSince(loads, since).statuses;
      return ((after['200'] ?? 0) > 5 && after['503'] === undefined) || undefined;
    });
  }
}

describe('a DynamoDB that is frozen, stopped or slow under two instances', () => {
  it('is noticed by nobody but the operator until reads depend on it', { timeout: 240_000 }, async () => {
    operator = await begin();
    await expectNoEffect();

    await operator.step('programs', 'dual-write');
    await operator.run('programs', 'backfill');
    await expectNoEffect();
    const lag = during(FAULTS.stopped as Fault, async () => {
      await until(
        'the lag is seen',
        async () => (await metricOf('outbox_lag_seconds')).every((seconds) => seconds > 0.5) || undefined,
      );
    });
    await lag;
    await until(
      'the lag is gone',
      async () => (await metricOf('outbox_lag_seconds')).every((seconds) => seconds < 1.5) || undefined,
    );

    await operator.run('programs', 'verify');
    await goToReads(operator);
    for (const name of ['frozen', 'slow']) {
      await expectLowered(FAULTS[name] as Fault);
      await raise(operator);
    }
    await operator.step('programs', 'primary');
    isPrimary = true;
    await expectHonesty();
    await operator.step('programs', 'read-fallback');
    isPrimary = false;

    await Promise.all(loads.map((load) => load.stop()));
    await operator.drained('programs');
    expect(faults()).toEqual([]);
    const { db } = database();
    const sides = [await programsOfPostgres(db), await programsOfDynamodb(dynamodb().tables)] as const;
    expect(compareSides(...sides)).toMatchObject(EQUAL);
    expect(await fleet.stop()).toEqual([0, 0]);
  });
});
