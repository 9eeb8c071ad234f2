import { afterEach, describe, expect, it } from 'vitest';
import { useDynamodb } from '../support/dynamodb.ts';
import { dynamodbEnv } from '../support/dynamodb-env.ts';
import type { RunFolder } from '../support/engines/run-folder.ts';
import { openRunFolder } from '../support/engines/run-folder.ts';
import type { Dice } from '../support/journeys/dice.ts';
import { createDice, journeySeed } from '../support/journeys/dice.ts';
import { checkHistory } from '../support/journeys/limits/check-history.ts';
import type { Operation, OperationKind, Outcome } from '../support/journeys/limits/history.ts';
import { readHistory } from '../support/journeys/limits/history.ts';
import type { LimitWorker } from '../support/journeys/limits/limit-worker.ts';
import { createLimitWorker } from '../support/journeys/limits/limit-worker.ts';
import type { FaultCounts } from '../support/journeys/limits/nemesis.ts';
import { runNemesis } from '../support/journeys/limits/nemesis.ts';
import type { CountersAt } from '../support/journeys/limits/open-counters.ts';
import { until } from '../support/journeys/operator.ts';
import { useDatabase } from '../support/postgres.ts';
import { useRedis } from '../support/redis.ts';

const NAMES = ['one', 'two', 'three'] as const;
const FAULTS_MS = 10_000;
/** So many operations of each kind are a history. */
const ENOUGH = 5;

const folders: RunFolder[] = [];
const workers: LimitWorker[] = [];

afterEach(async () => {
  await Promise.all(
    workers.splice(0).map(async (worker) => Promise.all([worker.kill(), worker.proxy.close()])),
  );
  await Promise.all(folders.splice(0).map((folder) => folder.remove()));
});

async function startWorkers(counters: CountersAt, env: Record<string, string>, dice: Dice): Promise<void> {
  for (const name of NAMES) {
    const folder = await openRunFolder();
    folders.push(folder);
    workers.push(await createLimitWorker({ name, counters, env, folder: folder.path, dice: dice.fork() }));
  }
  await Promise.all(workers.map((worker) => worker.start()));
}

interface Run {
  readonly operations: readonly Operation[];
  readonly counts: FaultCounts;
}

async function runHistory(counters: CountersAt, env: Record<string, string> = {}): Promise<Run> {
  const dice = createDice(journeySeed());
  await startWorkers(counters, env, dice);
  // Nothing is unknown yet, so that denials are judged most strictly.
  await until('operations of each kind', async () => hasEachKind(readAll()) || undefined);
  const counts = await runNemesis(workers, dice.fork(), FAULTS_MS);
  expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual([0, 0, 0]);
  return { operations: readAll(), counts };
}

const readAll = () => folders.flatMap(({ path }) => readHistory(path));

function countOf(operations: readonly Operation[], outcome: Outcome, kind?: OperationKind): number {
  const isWanted = (each: Operation) => each.outcome === outcome && (kind ?? each.kind) === each.kind;
  return operations.filter(isWanted).length;
}

function hasEachKind(operations: readonly Operation[]): boolean {
  const kinds = ['consume', 'consume-all', 'consume-up-to'] as const;
  const isEnough = (outcome: Outcome, kind: OperationKind) => countOf(operations, outcome, kind) >= ENOUGH;
  return (
    isEnough('allowed', 'refund') &&
    kinds.every((kind) => isEnough('allowed', kind) && isEnough('denied', kind))
  );
}

function expectRight({ operations, counts }: Run): void {
  const { faults, fullest, sharpDenials } = checkHistory(operations);
  expect(faults).toEqual([]);
  // The rest says that the history was worth looking at.
  for (const [fault, count] of Object.entries(counts)) expect(count, fault).toBeGreaterThan(0);
  expect(countOf(operations, 'unknown')).toBeGreaterThan(ENOUGH);
  expect(operations.some(({ ended }) => ended === undefined)).toBe(true);
  for (const [algorithm, share] of Object.entries(fullest)) expect(share, algorithm).toBeGreaterThan(0.8);
  expect(Object.keys(fullest)).toHaveLength(3);
  expect(sharpDenials).toBeGreaterThan(ENOUGH);
}

const PATIENCE = { timeout: 120_000 };

describe('rate limits of killed, frozen and cut-off processes on Redis', () => {
  const redis = useRedis();
  it('never admit more than the limit, nor deny without a reason', PATIENCE, async () => {
    const name = redis().keys.counters('');
    expectRight(await runHistory({ engine: 'redis', url: redis().url, name }));
  });
});

describe('rate limits of killed, frozen and cut-off processes on Postgres', () => {
  const database = useDatabase();
  it('never admit more than the limit, nor deny without a reason', PATIENCE, async () => {
    expectRight(await runHistory({ engine: 'postgres', url: database().url, name: '' }));
  });
});

describe('rate limits of killed, frozen and cut-off processes on DynamoDB', () => {
  const dynamodb = useDynamodb();
  it('never admit more than the limit, nor deny without a reason', PATIENCE, async () => {
    const { endpoint, tables } = dynamodb();
    const counters = { engine: 'dynamodb', url: endpoint, name: tables.rateLimits } as const;
    expectRight(await runHistory(counters, dynamodbEnv(dynamodb())));
  });
});
