import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { manyDrafts } from './support/many-programs.ts';
import type { BenchMigration } from './support/migration.ts';
import { call, openBenchMigration } from './support/migration.ts';
import { openLoop } from './support/open-loop.ts';
import { createRandom } from './support/random.ts';
import { print, printFigure, printHeader, printMethod, quantile, timesLine } from './support/report.ts';

/** Whether comparing a tenth of the reads beside the requests slows the reads. */

const PROGRAMS = 2000;
const PER_SECOND = 200;
const SECONDS = 10;
/** Which server is asked in each block: without shadow reads, or with. */
const BLOCKS = [0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10, 0] as const;
const GOAL = 1.05;
const SEED = 20261127;

interface Server {
  readonly url: string;
  readonly child: ChildProcess;
}

/** The service in `dual-write`, asked without its memory of answers, so that every read is one of the catalogue. */
async function startServer(env: BenchMigration['env'], shadowPercent: number): Promise<Server> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: {
      ...process.env,
      ...env,
      PORT: '0',
      RESPONSE_CACHE_BYTES: '0',
      RATE_LIMIT_MODE: 'off',
      SHADOW_READ_PERCENT: String(shadowPercent),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}`)));
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /ready at (http:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { url, child };
}

async function readBlock(url: string, random: () => number): Promise<readonly number[]> {
  const requests = Array.from(
    { length: PER_SECOND * SECONDS },
    () => `${url}/v1/programs/shadow-${String(Math.floor(random() * PROGRAMS)).padStart(7, '0')}`,
  );
  const send = async (address: string) => {
    const response = await fetch(address);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
  };
  return (await openLoop({ requests, perSecond: PER_SECOND, send })).map(({ latencyMs }) => latencyMs);
}

async function measure(servers: Readonly<Record<0 | 10, Server>>): Promise<void> {
  const random = createRandom(SEED);
  const times: Record<0 | 10, number[]> = { 0: [], 10: [] };
  const tails: Record<0 | 10, number[]> = { 0: [], 10: [] };
  for (const percent of [0, 10] as const) await readBlock(servers[percent].url, random);
  for (const percent of BLOCKS) {
    const block = await readBlock(servers[percent].url, random);
    times[percent].push(...block);
    tails[percent].push(quantile(block, 0.99));
  }
  for (const percent of [0, 10] as const)
    printFigure(`reads with ${percent} % compared`, timesLine(times[percent]));
  const ratio = quantile(tails[10], 0.5) / quantile(tails[0], 0.5);
  printFigure('p99 with beside without, medians of the blocks', ratio.toFixed(3), {
    text: `under ${GOAL}`,
    met: ratio < GOAL,
  });
}

printHeader('What shadow reads cost');
printMethod(
  `Open loop, ${PER_SECOND} reads of random programs a second for ${SECONDS} s a block, latency from when a read was due; two servers in dual-write on`,
  `the same engines, one without and one with 10 % compared, asked in turns (${BLOCKS.join(', ')}) after a block each to warm up; seed ${SEED}.`,
);
const bench = await openBenchMigration();
const children: ChildProcess[] = [];
print(`\nPostgres ${bench.database.version}; DynamoDB: ${bench.dynamodb.how}\n`);
try {
  await bench.setPhase('dual-write');
  await bench.cradle.programCatalog.putMany(manyDrafts(PROGRAMS, 'shadow'), new Date(), call);
  bench.cradle.relays.start();
  await bench.drained();
  const without = await startServer(bench.env, 0);
  const with10 = await startServer(bench.env, 10);
  children.push(without.child, with10.child);
  await measure({ 0: without, 10: with10 });
} finally {
  for (const child of children) child.kill('SIGKILL');
  await bench.close();
}
