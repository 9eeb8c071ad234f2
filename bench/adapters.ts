import { randomUUID } from 'node:crypto';
import type { GetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Pool } from 'pg';
import { createDynamodbCounterStore } from '../src/adapters/dynamodb/counter-store.ts';
import { createDynamodbHotProgramStore } from '../src/adapters/dynamodb/hot-program-store.ts';
import { createPostgresCounterStore } from '../src/adapters/postgres/counter-store.ts';
import { createRedisCounterStore } from '../src/adapters/redis/counter-store.ts';
import { createRedisHotProgramStore } from '../src/adapters/redis/hot-program-store.ts';
import { createSystemClock } from '../src/adapters/system/system-clock.ts';
import type { Program } from '../src/domain/program/program.ts';
import type { CounterStore } from '../src/ports/counter-store.ts';
import type { HotProgramStore } from '../src/ports/hot-program-store.ts';
import { openBenchDynamodb, openBenchRedis } from './support/engines.ts';
import { recordPool } from './support/noted-pool.ts';
import { openBenchDatabase } from './support/postgres.ts';
import type { Contender } from './support/race.ts';
import { race } from './support/race.ts';
import type { Recorded, Recorder } from './support/recorder.ts';
import { record, replay } from './support/recorder.ts';
import { print, printHeader, printMethod } from './support/report.ts';

/**
 * What our adapters cost beside the bare client that is asked the very same: requests are noted as an adapter sends them, and the
 * rival sends them again without it.
 */

const CONCURRENCY = 50;
const ROUNDS = 7;
const KEYS = 1000;
const GOAL = 0.9;
const POOL = 20;
const WEEK_MS = 7 * 86_400_000;

const clock = createSystemClock();
const ids = { next: randomUUID };
/** One for each call, as each HTTP request has its own: on one signal for all, what waits for it would be searched through by every call. */
const aCall = () => ({ signal: new AbortController().signal });

function aProgram(programId: string, version: number): Program {
  const at = new Date('2026-01-01T12:00:00.000Z');
  return {
    programId,
    title: 'The Third Man',
    description: 'A writer looks for a friend in Vienna. '.repeat(8),
    contentType: 'movie',
    category: 'drama',
    language: 'en',
    tags: ['noir', 'vienna'],
    thumbnailUrl: 'https://images.example.org/third-man.jpg',
    metadata: { director: 'Carol Reed', minutes: 104 },
    releaseDate: '1949-09-01',
    viewCount: 12_345,
    popularityScore: 98.6,
    version,
    createdAt: at,
    updatedAt: at,
  };
}

type Ask = (noted: Recorded) => Promise<unknown>;

interface Subject<Client extends object, Port> {
  readonly name: string;
  readonly client: Client;
  /** Notes what is sent; see {@link record}. */
  readonly record: (options?: { readonly isDry?: boolean }) => Recorder<Client>;
  readonly create: (client: Client) => Port;
  /** Ours, where it is not what the bare client's requests were noted from. */
  readonly createOurs?: (client: Client) => Port;
  readonly count: number;
  /** Asks the bare client what was noted. Default: the same method of the same client. */
  readonly ask?: Ask;
}

async function raceGet<Client extends object>(subject: Subject<Client, HotProgramStore>): Promise<void> {
  const { name, client, create, count } = subject;
  const store = create(client);
  const programIds = Array.from({ length: KEYS }, (_, index) => `get-${index}`);
  for (const programId of programIds) await store.put(aProgram(programId, 1), {}, aCall());
  const recorder = subject.record();
  const recording = create(recorder.client);
  for (const programId of programIds) await recording.get(programId, aCall());
  const noted = recorder.take();
  const ours = { run: (index: number) => store.get(programIds[index % KEYS] ?? '', aCall()) };
  const rival = replaying(noted, subject.ask ?? ((each) => replay(client, each)));
  await race(ours, rival, { ...options(count), name: `${name} HotProgramStore.get` });
}

// Each put is made once: one that is repeated is a duplicate, which is cheaper.
async function racePut<Client extends object>(subject: Subject<Client, HotProgramStore>): Promise<void> {
  const { name, client, create, count } = subject;
  const store = create(client);
  const recorder = subject.record({ isDry: true });
  const recording = create(recorder.client);
  let noted: readonly Recorded[] = [];
  let version = 0;
  const ours: Contender = {
    prepare: async (round) => {
      version = round + 1;
    },
    run: (index) => store.put(aProgram(`put-${index}`, version), {}, aCall()),
  };
  const rival: Contender = {
    prepare: async (round) => {
      for (let index = 0; index < count; index += 1)
        void recording.put(aProgram(`bare-${index}`, round + 1), {}, aCall());
      noted = recorder.take();
    },
    run: (index) => replay(client, noted[index] ?? { method: '', args: [] }),
  };
  await race(ours, rival, { ...options(count), name: `${name} HotProgramStore.put` });
}

async function raceConsume<Client extends object>(subject: Subject<Client, CounterStore>): Promise<void> {
  const { name, client, create, count } = subject;
  const policy = { algorithm: 'fixed-window', limit: 1_000_000_000, windowMs: WEEK_MS } as const;
  const requests = Array.from({ length: KEYS }, (_, index) => ({ key: `key-${index}`, policy, cost: 1 }));
  const [first] = requests;
  if (first === undefined) throw new Error('there are no keys');
  const recorder = subject.record();
  const recording = create(recorder.client);
  for (const request of requests) await recording.consume(request, aCall());
  recorder.take();
  for (const request of requests) await recording.consume(request, aCall());
  const noted = recorder.take();
  const store = (subject.createOurs ?? create)(client);
  for (const request of requests) await store.consume(request, aCall());
  const ours = { run: (index: number) => store.consume(requests[index % KEYS] ?? first, aCall()) };
  const rival = replaying(noted, subject.ask ?? ((each) => replay(client, each)));
  await race(ours, rival, { ...options(count), name: `${name} CounterStore.consume` });
}

function replaying(noted: readonly Recorded[], ask: Ask): Contender {
  if (noted.length !== KEYS) throw new Error(`${noted.length} requests were noted, not one for each key`);
  return { run: (index) => ask(noted[index % KEYS] ?? { method: '', args: [] }) };
}

function recorderOf<Client extends object>(client: Client, methods: readonly string[]) {
  return (how?: { readonly isDry?: boolean }) => record(client, methods, how);
}

function options(count: number) {
  return { count, concurrency: CONCURRENCY, rounds: ROUNDS, goal: GOAL };
}

async function onRedis(): Promise<void> {
  const { client, keys, how, close } = await openBenchRedis();
  print(`\nRedis: ${how}`);
  const methods = ['get', 'evalsha'];
  const common = { name: 'Redis', client, record: recorderOf(client, methods), count: 30_000 };
  const createHot = (from: typeof client) => createRedisHotProgramStore({ client: from, keys, clock, ids });
  const readJson: Ask = async (noted) => {
    const text = String(await replay(client, noted));
    return JSON.parse(text.slice(text.indexOf('\n'))) as unknown;
  };
  await raceGet({ ...common, create: createHot, ask: readJson });
  await racePut({ ...common, create: createHot });
  const createCounters = (from: typeof client) =>
    createRedisCounterStore({ client: from, keys, batching: false });
  await raceConsume({ ...common, name: 'Redis, one by one,', create: createCounters });
  const createOurs = (from: typeof client) => createRedisCounterStore({ client: from, keys });
  await raceConsume({ ...common, create: createCounters, createOurs });
  await close();
}

async function onDynamodb(): Promise<void> {
  const { client, tables, how, close } = await openBenchDynamodb();
  print(`\nDynamoDB: ${how}`);
  const common = { name: 'DynamoDB', client, record: recorderOf(client, ['send']), count: 2000 };
  const { discovery, rateLimits } = tables;
  const createHot = (from: typeof client) =>
    createDynamodbHotProgramStore({ client: from, table: discovery, clock, ids, indexShards: 4 });
  const readItem: Ask = async (noted) => {
    const { Item = {} } = (await replay(client, noted)) as GetItemCommandOutput;
    return unmarshall(Item);
  };
  await raceGet({ ...common, create: createHot, ask: readItem });
  await racePut({ ...common, create: createHot });
  const createCounters = (from: typeof client) =>
    createDynamodbCounterStore({ client: from, table: rateLimits, clock });
  await raceConsume({ ...common, create: createCounters });
  await close();
}

async function onPostgres(): Promise<void> {
  const { db, url, version, close } = await openBenchDatabase(POOL);
  // The same bounds as ours, which cost pg timers for each call.
  const bounds = { connectionTimeoutMillis: 5_000, statement_timeout: 60_000, query_timeout: 60_500 };
  const pool = new Pool({ connectionString: url, max: POOL, ...bounds });
  print(`\nPostgres: ${version}, ${POOL} connections each`);
  const recorder = recordPool(url);
  const subject = {
    name: 'Postgres',
    client: db.pool,
    record: () => recorder,
    create: (from: Pool) => createPostgresCounterStore({ pool: from, batching: false }),
    count: 10_000,
    ask: (noted: Recorded) => replay(pool, noted),
  };
  await raceConsume({ ...subject, name: 'Postgres, one by one,' });
  const createOurs = (from: Pool) => createPostgresCounterStore({ pool: from });
  await raceConsume({ ...subject, createOurs });
  await recorder.client.end();
  await pool.end();
  await close();
}

printHeader('What our adapters cost beside the bare client');
printMethod(
  `Each round asks the engine the same number of times with and without our adapter, ${CONCURRENCY} at once, over ${KEYS} keys;`,
  `the bare client sends requests that were noted from the adapter. ${ROUNDS} rounds after one to warm up, taking turns; the figure is`,
  'the median of the ratios of the rounds. A rival that gets a program parses the JSON or unmarshalls the item, and checks nothing of it.',
  'The rival on Postgres is pg itself, without Kysely, with the same time-outs.',
);
// Names of engines as arguments measure those alone.
const chosen = process.argv.slice(2);
const engines = { redis: onRedis, postgres: onPostgres, dynamodb: onDynamodb };
for (const [name, measure] of Object.entries(engines)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure();
}
