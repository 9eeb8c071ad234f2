import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { print, printFigure, printHeader, printMethod, quantile } from './support/report.ts';

/** What the guard of the API costs a bare Fastify route, with counters in memory. */

const ROUNDS = 15;
const SECONDS = 2;
const CONNECTIONS = 50;
const GOAL = 0.85;

const CONTENDERS = {
  'bare route': '',
  'two fields that never change': 'fields',
  'one policy, as by default': 'burst=1000000000/s:token-bucket',
  'one policy, fixed window': 'hourly=1000000000/h',
  'two policies, all or nothing': 'burst=1000000000/s:token-bucket,hourly=1000000000/h',
} as const;

interface Contender {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly rates: number[];
  /** Microseconds of processor time for each request. */
  readonly costs: number[];
}

async function start(name: string, policies: string): Promise<Contender> {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const child = fork('bench/support/guarded-server.ts', [policies], { stdio: [...stdio] });
  const [url] = (await once(child, 'message')) as [string];
  return { name, url, child, rates: [], costs: [] };
}

async function used({ child }: Contender): Promise<number> {
  child.send('used');
  const [microseconds] = (await once(child, 'message')) as [number];
  return microseconds;
}

async function play(contender: Contender, seconds: number): Promise<{ rate: number; cost: number }> {
  const before = await used(contender);
  const result = await autocannon({ url: contender.url, connections: CONNECTIONS, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${contender.name}: ${result.non2xx} not 2xx, ${result.errors} errors`);
  return { rate: result.requests.average, cost: ((await used(contender)) - before) / result.requests.total };
}

printHeader('the guard of the API');
printMethod(
  `autocannon, closed loop, ${CONNECTIONS} connections, no pipelining; ${ROUNDS} rounds of ${SECONDS} s each, taking turns, after 2 s of warm-up each;`,
  'the ratio is the median of the ratios of the rounds; processor time of the server for a request is the least of the rounds. On two cores the',
  'generator is the one that is saturated, and reads each field too: it takes its own part of the loss of throughput, as two fixed fields show.',
);
const contenders = await Promise.all(
  Object.entries(CONTENDERS).map(([name, policies]) => start(name, policies)),
);
for (const contender of contenders) await play(contender, 2);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const contender of contenders) {
    const { rate, cost } = await play(contender, SECONDS);
    contender.rates.push(rate);
    contender.costs.push(cost);
  }
}
const [bare] = contenders;
for (const { name, rates, costs } of contenders) {
  print(
    `${name}: ${Math.round(quantile(rates, 0.5)).toLocaleString('en')}/s, ${Math.min(...costs).toFixed(1)} µs of processor time`,
  );
  if (name === bare?.name) continue;
  const ratio = quantile(
    rates.map((rate, round) => rate / (bare?.rates[round] ?? Number.NaN)),
    0.5,
  );
  const isGuard = name !== 'two fields that never change';
  const goal = isGuard ? { text: `at least ${GOAL}`, met: ratio >= GOAL } : undefined;
  printFigure('  of the bare route', ratio.toFixed(2), goal);
  printFigure(
    '  by processor time',
    (Math.min(...(bare?.costs ?? [])) / Math.min(...costs)).toFixed(2),
    goal && {
      text: goal.text,
      met: Math.min(...(bare?.costs ?? [])) / Math.min(...costs) >= GOAL,
    },
  );
}
for (const { child } of contenders) child.kill('SIGKILL');
