import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { createDynamodbCounterStore } from '../src/adapters/dynamodb/counter-store.ts';
import type { CounterFront } from '../src/adapters/limits/front.ts';
import { createCounterFront } from '../src/adapters/limits/front.ts';
import { createPostgresCounterStore } from '../src/adapters/postgres/counter-store.ts';
import { createRedisCounterStore } from '../src/adapters/redis/counter-store.ts';
import type { RedisCounterOptions } from '../src/adapters/redis/counters/server.ts';
import { createSystemClock } from '../src/adapters/system/system-clock.ts';
import { mapAtOnce } from '../src/domain/map-at-once.ts';
import type { CounterStore } from '../src/ports/counter-store.ts';
import { openBenchDynamodb, openBenchRedis } from './support/engines.ts';
import { admits, onDynamodb, onPostgres, onRedis } from './support/flexible-limiter.ts';
import { createGuideDesign } from './support/guide-design.ts';
import type { LimiterKind, LimiterQuestion } from './support/memory-limiter.ts';
import { openBenchDatabase } from './support/postgres.ts';
import { race } from './support/race.ts';
import { print, printFigure, printHeader, printMethod } from './support/report.ts';

/** Checks a second beside rate-limiter-flexible on the same engine, and how many of each are admitted under concurrency. */

const CONCURRENCY = 50;
const ROUNDS = 5;
const KEYS = 1000;
const MANY_KEYS = 1_000_000;
const HOUR = 3600;
const clock = createSystemClock();
const aCall = () => ({ signal: new AbortController().signal });

interface Race {
  readonly name: string;
  readonly ours: CounterStore;
  readonly theirs: RateLimiterAbstract;
  /** Checks in a round. */
  readonly count: number;
  readonly goal: number;
  readonly keys?: number;
}

/** Fixed windows of an hour on spread keys, with a limit that is never reached. */
async function raceChecks({ name, ours, theirs, count, goal, keys = KEYS }: Race): Promise<void> {
  const policy = { algorithm: 'fixed-window', limit: 1_000_000_000, windowMs: HOUR * 1000 } as const;
  const keyOf = (index: number) => `client-${index % keys}`;
  const call = aCall();
  await race(
    { run: (index) => ours.consume({ key: keyOf(index), policy, cost: 1 }, call) },
    { run: (index) => admits(theirs, keyOf(index)) },
    { name, count, concurrency: CONCURRENCY, rounds: ROUNDS, goal, rival: 'rate-limiter-flexible' },
  );
}

const RULE = { points: 1_000_000_000, duration: HOUR };

/**
 * Each in a process of its own: a million objects and timers are work to the garbage collector, which is to weigh on those who made
 * them and on nobody else.
 */
async function measureMemory(): Promise<void> {
  const contender = (kind: LimiterKind) => {
    const limiter = startLimiter(kind);
    const play = async () => {
      const { perSecond } = await limiter.ask({ what: 'checks', keys: MANY_KEYS, concurrency: CONCURRENCY });
      return perSecond as number;
    };
    return { play, stop: limiter.stop };
  };
  const ours = contender('ours');
  const theirs = contender('theirs');
  await race(ours, theirs, {
    name: `memory, ${MANY_KEYS.toLocaleString('en')} keys`,
    count: MANY_KEYS,
    concurrency: CONCURRENCY,
    rounds: ROUNDS,
    goal: 1.5,
    rival: 'rate-limiter-flexible',
  });
  ours.stop();
  theirs.stop();
  await measureInserts();
}

/** How long the longest of a million first checks takes by itself, and of as many calls that do nothing at all. */
async function measureInserts(): Promise<void> {
  for (const kind of ['none', 'ours'] as const) {
    const limiter = startLimiter(kind);
    const {
      longestMs = 0,
      above1Ms,
      alone,
      p999Ms = 0,
      megabytes = 0,
    } = await limiter.ask({ what: 'inserts', keys: MANY_KEYS });
    limiter.stop();
    const what = kind === 'none' ? 'calls that do nothing' : 'first checks';
    const goal = kind === 'none' ? undefined : { text: 'none above 1 ms', met: longestMs <= 1 };
    printFigure(`  of a million ${what}, the longest`, `${longestMs.toFixed(1)} ms`, goal);
    printFigure('    above 1 ms', `${above1Ms}, of them with no garbage collection ${alone}`);
    printFigure('    p99.9', `${(p999Ms * 1000).toFixed(1)} µs`);
    printFigure('    memory', `${Math.round(megabytes)} MB`);
  }
}

function startLimiter(kind: LimiterKind) {
  const child = fork('bench/support/memory-limiter.ts', [kind], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    ask: async (question: LimiterQuestion): Promise<Readonly<Record<string, number>>> => {
      child.send(question);
      const [answer] = await once(child, 'message');
      return answer;
    },
    stop: () => child.kill(),
  };
}

async function measureRedis(): Promise<void> {
  const { client, keys, how, close } = await openBenchRedis();
  print(`\nRedis: ${how}`);
  await raceChecks({
    name: 'Redis',
    ours: createRedisCounterStore({ client, keys }),
    theirs: onRedis(client, `rival-${randomUUID()}`, RULE),
    count: 30_000,
    goal: 1.3,
  });
  await measureHotKey({ client, keys });
  await close();
}

/** How many instances lease from one counter, and what it lets pass. */
const INSTANCES = 4;
const HOT_LIMIT = 20_000;

/** One key that all ask for, with the fast path of the service in front of the store. */
async function measureHotKey(redis: Pick<RedisCounterOptions, 'client' | 'keys'>): Promise<void> {
  const open = (instances: number) =>
    createCounterFront(createRedisCounterStore(redis), {
      clock: () => performance.now(),
      instances: () => instances,
      blockCache: true,
      coalescing: true,
      leases: true,
      onError: (error) => print(`units could not be given back: ${String(error)}`),
    });
  const front = open(1);
  await raceChecks({
    name: 'Redis, one hot key, with leases',
    ours: front,
    theirs: onRedis(redis.client, `rival-${randomUUID()}`, RULE),
    count: 30_000,
    goal: 5,
    keys: 1,
  });
  await front.close();
  await measureHotCap(Array.from({ length: INSTANCES }, () => open(INSTANCES)));
}

/** Twice the limit, asked for by several instances at once until none is let pass any more. */
async function measureHotCap(fronts: readonly CounterFront[]): Promise<void> {
  const policy = { algorithm: 'fixed-window', limit: HOT_LIMIT, windowMs: HOUR * 1000 } as const;
  const key = `hot-${randomUUID()}`;
  let admitted = 0;
  const attempts = Array.from({ length: 2 * HOT_LIMIT }, (_, index) => index);
  await mapAtOnce(CONCURRENCY, attempts, async (index) => {
    const front = fronts[index % fronts.length];
    if ((await front?.consume({ key, policy, cost: 1 }, aCall()))?.allowed) admitted += 1;
  });
  const stats = fronts.map((front) => front.stats());
  const calls = stats.reduce((sum, { leases }) => sum + (leases?.storeCalls ?? 0), 0);
  for (const front of fronts) await front.close();
  printFigure(`  ${INSTANCES} instances, ${attempts.length} checks, admitted`, String(admitted), {
    text: `${HOT_LIMIT}, the limit`,
    met: admitted === HOT_LIMIT,
  });
  const perCheck = calls / attempts.length;
  printFigure('  store calls for each check', perCheck.toFixed(4), {
    text: 'at most 0.05',
    met: perCheck <= 0.05,
  });
}

async function measurePostgres(): Promise<void> {
  const { db, version, close } = await openBenchDatabase(20);
  print(`\nPostgres: ${version}, 20 connections`);
  await raceChecks({
    name: 'Postgres',
    ours: createPostgresCounterStore(db),
    theirs: await onPostgres(db.pool, 'rival_limits', RULE),
    count: 10_000,
    goal: 1.3,
  });
  await close();
}

async function measureDynamodb(): Promise<void> {
  const { client, tables, how, close } = await openBenchDynamodb();
  print(`\nDynamoDB: ${how}`);
  const ours = createDynamodbCounterStore({ client, table: tables.rateLimits, clock });
  const table = `bench-${randomUUID()}-rival`;
  await raceChecks({
    name: 'DynamoDB',
    ours,
    theirs: await onDynamodb(client, table, RULE),
    count: 3000,
    goal: 1.5,
  });
  await compareAdmitted(ours, {
    guide: await createGuideDesign(client, `bench-${randomUUID()}`),
    theirs: await onDynamodb(client, `${table}-50`, { points: 50, duration: HOUR }),
  });
  await close();
}

interface Others {
  readonly guide: Awaited<ReturnType<typeof createGuideDesign>>;
  readonly theirs: RateLimiterAbstract;
}

/** 200 checks of one fresh key with limit 50. */
async function compareAdmitted(ours: CounterStore, { guide, theirs }: Others): Promise<void> {
  const policy = { algorithm: 'fixed-window', limit: 50, windowMs: HOUR * 1000 } as const;
  const contenders = {
    'the guide, its expression corrected': (key: string) => guide.checkRateLimit(key, 50),
    'rate-limiter-flexible': (key: string) => admits(theirs, key),
    ours: async (key: string) => (await ours.consume({ key, policy, cost: 1 }, aCall())).allowed,
  };
  print('\nAdmitted of 200 requests with limit 50 on DynamoDB, at once:');
  const levels = [1, 5, 10, 25, 50];
  print(`${''.padEnd(44)} ${levels.map((each) => String(each).padStart(5)).join('')}`);
  for (const [name, admit] of Object.entries(contenders)) {
    const admitted: number[] = [];
    for (const concurrency of levels) {
      const key = `table-${randomUUID()}`;
      const answers = await mapAtOnce(concurrency, Array.from({ length: 200 }), () => admit(key));
      admitted.push(answers.filter(Boolean).length);
    }
    print(`${name.padEnd(44)} ${admitted.map((each) => String(each).padStart(5)).join('')}`);
  }
  await guide.drop();
}

printHeader('Rate-limit checks beside rate-limiter-flexible');
printMethod(
  `Fixed windows of an hour, ${CONCURRENCY} checks at once over ${KEYS} keys (memory: a million), the same engine and as many connections for`,
  `both; ${ROUNDS} rounds after one to warm up, taking turns; the figure is the median of the ratios of the rounds. Ours is asked at the port,`,
  'without leases or a block cache but for the hot key, so each check is asked of the store. Checks of one turn of the event loop go to Redis and Postgres together.',
);
const measures = {
  memory: measureMemory,
  redis: measureRedis,
  postgres: measurePostgres,
  dynamodb: measureDynamodb,
};
// Names of engines as arguments measure those alone.
const chosen = process.argv.slice(2);
for (const [name, measure] of Object.entries(measures))
  if (chosen.length === 0 || chosen.includes(name)) await measure();
