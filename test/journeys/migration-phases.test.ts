import { afterEach, describe, expect, it } from 'vitest';
import type { Migrated, Phase, PhaseRecord } from '../../src/ports/phase-store.ts';
import { useDynamodb } from '../support/dynamodb.ts';
import {
  compareSides,
  documentsOfDynamodb,
  documentsOfPostgres,
  EQUAL,
  programsOfDynamodb,
  programsOfPostgres,
} from '../support/journeys/both-sides.ts';
import { createDice, journeySeed } from '../support/journeys/dice.ts';
import { createFleet } from '../support/journeys/fleet.ts';
import { journeyEnv } from '../support/journeys/journey-env.ts';
import type { Load } from '../support/journeys/load.ts';
import { startLoad } from '../support/journeys/load.ts';
import { readMetric } from '../support/journeys/metrics.ts';
import type { Operator } from '../support/journeys/operator.ts';
import { createOperator, spread } from '../support/journeys/operator.ts';
import { seedPrograms } from '../support/journeys/seed-programs.ts';
import { useDatabase } from '../support/postgres.ts';

const database = useDatabase();
const dynamodb = useDynamodb();

const SEEDED = 300;
const INSTANCES = ['one', 'two'] as const;

const env = () => journeyEnv(database().url, dynamodb());
const fleet = createFleet(env);
const loads: Load[] = [];
const operators: Operator[] = [];

afterEach(async () => {
  await Promise.all(loads.splice(0).map((load) => load.stop()));
  await Promise.all(operators.splice(0).map((operator) => operator.dispose()));
  await fleet.stop();
});

interface Step {
  readonly phase: Phase;
  readonly readPercent?: number;
}

const FORWARD: readonly Step[] = [
  { phase: 'read-fallback', readPercent: 0 },
  ...[1, 10, 50, 100].map((readPercent): Step => ({ phase: 'read-fallback', readPercent })),
  { phase: 'primary' },
];
const BACK: readonly Step[] = [
  { phase: 'read-fallback', readPercent: 100 },
  { phase: 'read-fallback', readPercent: 50 },
  { phase: 'dual-write' },
  { phase: 'off' },
];

async function begin() {
  const operator = createOperator(database().url, env());
  operators.push(operator);
  await Promise.all(INSTANCES.map((name) => fleet.start(name)));
  await seedPrograms(fleet.url('one'), SEEDED);
  const dice = createDice(journeySeed());
  for (const name of INSTANCES) {
    loads.push(
      startLoad({ name, url: () => fleet.url(name), dice: dice.fork(), withDocuments: true, pauseMs: 80 }),
    );
  }
  return operator;
}

const faults = () => loads.flatMap((load) => load.faults);

async function take(operator: Operator, dataSet: Migrated, step: Step): Promise<PhaseRecord> {
  const record = await operator.step(dataSet, step.phase, step.readPercent);
  expect(record).toMatchObject(step);
  expect(await spread(fleet.urls(), dataSet, record), `${dataSet} ${step.phase}`).toBeLessThan(2000);
  expect(faults(), `after ${dataSet} ${JSON.stringify(step)}`).toEqual([]);
  return record;
}

/** What reads by id and of the popular list said of where they came from. */
async function sourcesMeanwhile(): Promise<readonly string[]> {
  const since = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const taken = loads.flatMap((load) => load.client.taken()).filter(({ begunAt }) => begunAt >= since);
  return [...new Set(taken.flatMap(({ source }) => source ?? []))].sort();
}

/** How many keys each store answered since the last look, over all instances. */
async function reads(dataSet: Migrated) {
  const sum = async (outcome: string): Promise<number> => {
    const counts = fleet.urls().map((url) => readMetric(url, 'reads_total', { data_set: dataSet, outcome }));
    return (await Promise.all(counts)).reduce((total, count) => total + count, 0);
  };
  return { hit: await sum('hit'), catalog: await sum('catalog') };
}

async function readsMeanwhile(dataSet: Migrated) {
  const before = await reads(dataSet);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = await reads(dataSet);
  return { hit: after.hit - before.hit, catalog: after.catalog - before.catalog };
}

async function goThere(operator: Operator, dataSet: Migrated): Promise<void> {
  await take(operator, dataSet, { phase: 'dual-write' });
  const backfill = await operator.run(dataSet, 'backfill');
  expect(backfill).toMatchObject({ state: 'finished' });
  expect(backfill.done).toBeGreaterThanOrEqual(SEEDED);
  const verification = await operator.run(dataSet, 'verify');
  expect(verification).toMatchObject({ state: 'finished' });
  expect(Object.keys(verification.counts)).toEqual(['match']);
  expect(await readsMeanwhile(dataSet)).toMatchObject({ hit: 0, catalog: expect.toSatisfy((n) => n > 0) });
  for (const step of FORWARD) await take(operator, dataSet, step);
  expect(await sourcesMeanwhile()).toContain('hot');
  expect(await readsMeanwhile(dataSet)).toMatchObject({ hit: expect.toSatisfy((n) => n > 0), catalog: 0 });
}

async function comeBack(operator: Operator, dataSet: Migrated): Promise<void> {
  for (const step of BACK) await take(operator, dataSet, step);
  expect(await sourcesMeanwhile()).not.toContain('hot');
  expect(await readsMeanwhile(dataSet)).toMatchObject({ hit: 0, catalog: expect.toSatisfy((n) => n > 0) });
}

/** Goes to dual-write once more, copies everything, and compares when nobody writes. */
async function compareAtRest(operator: Operator): Promise<void> {
  for (const dataSet of ['programs', 'search'] as const) {
    await take(operator, dataSet, { phase: 'dual-write' });
    expect(await operator.run(dataSet, 'backfill')).toMatchObject({ state: 'finished' });
  }
  await Promise.all(loads.map((load) => load.stop()));
  for (const dataSet of ['documents', 'programs', 'search'] as const) await operator.drained(dataSet);
  for (const dataSet of ['programs', 'search'] as const) {
    const { counts } = await operator.run(dataSet, 'verify');
    expect(Object.keys(counts)).toEqual(['match']);
  }
  const { db } = database();
  const programs = compareSides(await programsOfPostgres(db), await programsOfDynamodb(dynamodb()));
  expect(programs).toMatchObject(EQUAL);
  expect(programs.keys).toBeGreaterThan(SEEDED);
  const documents = compareSides(await documentsOfPostgres(db), await documentsOfDynamodb(dynamodb()));
  expect(documents).toMatchObject(EQUAL);
  expect(documents.keys).toBeGreaterThan(SEEDED);
}

describe('two instances under load', () => {
  it('go through all phases and back, and no request fails or answers wrongly', {
    timeout: 180_000,
  }, async () => {
    const operator = await begin();
    for (const dataSet of ['programs', 'search'] as const) {
      await goThere(operator, dataSet);
      await comeBack(operator, dataSet);
    }
    await compareAtRest(operator);
    expect(faults()).toEqual([]);
    for (const load of loads) expect(load.client.taken().length).toBeGreaterThan(100);
    expect(await fleet.stop()).toEqual([0, 0]);
  });
});
