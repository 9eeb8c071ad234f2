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
  'the ratios, of requests a second and of processor time of the server, are medians of those of the rounds. On two cores the',
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
/** The median of what a contender kept of the bare route in each round. */
const kept = (of: (contender: Contender, round: number) => number, contender: Contender) =>
  quantile(
    contender.rates.map((_, round) => of(contender, round) / (bare ? of(bare, round) : Number.NaN)),
    0.5,
  );
for (const contender of contenders) {
  const { name, rates, costs } = contender;
  const [rate, cost] = [quantile(rates, 0.5), quantile(costs, 0.5)];
  print(`${name}: ${Math.round(rate).toLocaleString('en')}/s, ${cost.toFixed(1)} µs of processor time`);
  if (contender === bare) continue;
  const figure = (text: string, ratio: number) =>
    printFigure(
      text,
      ratio.toFixed(2),
      name === 'two fields that never change' ? undefined : { text: `at least ${GOAL}`, met: ratio >= GOAL },
    );
  figure(
    '  of the bare route',
    kept((each, round) => each.rates[round] ?? Number.NaN, contender),
  );
  figure(
    '  by processor time',
    kept((each, round) => 1 / (each.costs[round] ?? Number.NaN), contender),
  );
}
for (const { child } of contenders) child.kill('SIGKILL');
