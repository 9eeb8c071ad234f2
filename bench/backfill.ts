import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createDynamodbHotProgramStore } from '../src/adapters/dynamodb/hot-program-store.ts';
import { createSystemClock } from '../src/adapters/system/system-clock.ts';
import { createUuidIds } from '../src/adapters/system/uuid-ids.ts';
import { mapAtOnce } from '../src/domain/map-at-once.ts';
import { manyDrafts, slicesOf } from './support/many-programs.ts';
import type { BenchMigration } from './support/migration.ts';
import { call, openBenchMigration } from './support/migration.ts';
import { print, printFigure, printHeader, printMethod } from './support/report.ts';

/** How fast a backfill copies, beside the conditional puts that it is made of, and how much memory a verification takes. */

const FEW = 10_000;
const MANY = 100_000;
const CONCURRENCY = 64;
const RATE_GOAL = 0.7;
const MEMORY_GOAL_MB = 100;
const SHARDS = 4;

async function seed({ cradle }: BenchMigration, count: number, prefix: string): Promise<void> {
  for (const slice of slicesOf(manyDrafts(count, prefix), 500)) {
    await cradle.programCatalog.putMany(slice, new Date(), call);
  }
}

/** Programs a second. */
async function backfillRate(bench: BenchMigration): Promise<number> {
  const { cradle } = bench;
  const settings = { concurrency: CONCURRENCY / 2 };
  const begun = performance.now();
  const { job } = await cradle.migration.startJob(
    'programs',
    { kind: 'backfill', settings, startedBy: 'benchmark' },
    call,
  );
  cradle.jobWork.start();
  let done = 0;
  for (let state = 'running'; state === 'running'; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    ({ state, done } = await cradle.migration.job(job.jobId, call));
  }
  const ours = (1000 * done) / (performance.now() - begun);
  await cradle.jobWork.stop();
  return ours;
}

function printRates(ours: number, bare: number): void {
  printFigure(`backfill of ${FEW} programs`, `${Math.round(ours)}/s`);
  printFigure(`bare conditional puts, ${CONCURRENCY} at once`, `${Math.round(bare)}/s`);
  printFigure('ratio', (ours / bare).toFixed(2), {
    text: `at least ${RATE_GOAL}`,
    met: ours / bare >= RATE_GOAL,
  });
}

/** Puts with their condition and nothing else: the rows are read beforehand. */
async function bareRate({ cradle, dynamodb }: BenchMigration, count: number): Promise<number> {
  const { client, tables } = dynamodb;
  const options = {
    client,
    table: tables.discovery,
    clock: createSystemClock(),
    ids: createUuidIds(),
    indexShards: SHARDS,
  };
  const store = createDynamodbHotProgramStore(options);
  const programs = await cradle.programCatalog.scan(undefined, count, call);
  const begun = performance.now();
  await mapAtOnce(CONCURRENCY, programs, (program) =>
    store.put({ ...program, programId: `bare-${program.programId}` }, {}, call),
  );
  return (1000 * programs.length) / (performance.now() - begun);
}

/** The most memory, in MB, that `mediamesh migrate verify` takes as a process of its own. */
async function verifyPeak({ env }: BenchMigration): Promise<number> {
  const child = spawn('bin/mediamesh.mjs', ['migrate', 'verify', 'programs', '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb(child.pid));
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`the verification ended with ${String(code)}`);
  return peak;
}

/** The kernel's own high-water mark of a process; 0 when it is gone. */
function residentMb(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function printPeaks(few: number, many: number): void {
  const growth = many - few;
  printFigure(`verification of ${FEW} programs, peak memory`, `${Math.round(few)} MB`);
  printFigure(`verification of ${MANY} programs, peak memory`, `${Math.round(many)} MB`);
  printFigure('growth', `${Math.round(growth)} MB`, {
    text: `under ${MEMORY_GOAL_MB} MB`,
    met: growth < MEMORY_GOAL_MB,
  });
}

printHeader('Backfill and verification');
printMethod(
  `Backfill: ${FEW} programs as a job with two workers, rows read, written when newer and checkpointed; the rival makes the same`,
  `conditional puts of rows that were read beforehand, under other ids, ${CONCURRENCY} at once.`,
  `Verification: \`mediamesh migrate verify\` as a process of its own, once with ${FEW} and once with ${MANY} programs.`,
);
const bench = await openBenchMigration();
print(`\nPostgres ${bench.database.version}; DynamoDB: ${bench.dynamodb.how}\n`);
try {
  await bench.setPhase('off');
  await seed(bench, FEW, 'few');
  await bench.setPhase('dual-write');
  const ours = await backfillRate(bench);
  const few = await verifyPeak(bench);
  bench.cradle.relays.start();
  await seed(bench, MANY - FEW, 'many');
  await bench.drained();
  printPeaks(few, await verifyPeak(bench));
  // Last, since what it writes is in no catalogue.
  printRates(ours, await bareRate(bench, FEW));
} finally {
  await bench.close();
}
