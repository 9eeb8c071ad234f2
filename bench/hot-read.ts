import { fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { print, printFigure, printHeader, printMethod, quantile } from './support/report.ts';

/**
 * How near the hot reads come to a bare Fastify route that sends the same bytes. Both servers run as processes of their own; only one
 * is asked at a time, rounds alternate, and the figure is the ratio of the medians.
 */

const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 50;
const GOAL = 0.6;

interface Rival {
  readonly name: string;
  readonly url: string;
  readonly rates: number[];
}

async function startMediaMesh(): Promise<{ url: string; stop(): void }> {
  return startChild('bench/support/memory-server.ts', []);
}

async function startChild(file: string, args: readonly string[]): Promise<{ url: string; stop(): void }> {
  const child = fork(file, [...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [url] = (await once(child, 'message')) as [string];
  return { url, stop: () => child.kill('SIGKILL') };
}

async function rate(url: string, seconds: number): Promise<number> {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} answers were not 2xx, ${result.errors} errors`);
  return result.requests.average;
}

async function compare(path: string, ours: string): Promise<void> {
  const response = await fetch(ours + path);
  const body = await response.text();
  const bare = await startChild('bench/support/bare-server.ts', [body]);
  const rivals: readonly Rival[] = [
    { name: 'bare Fastify', url: bare.url, rates: [] },
    { name: 'MediaMesh', url: ours + path, rates: [] },
  ];
  for (const { url } of rivals) await rate(url, 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const rival of rivals) rival.rates.push(await rate(rival.url, SECONDS));
  }
  bare.stop();
  report(path, body.length, response.headers.get('x-mediamesh-source'), rivals);
}

function report(path: string, bytes: number, source: string | null, rivals: readonly Rival[]): void {
  print('');
  print(`${path} (${bytes} bytes, first answered from ${source})`);
  for (const { name, rates } of rivals) {
    printFigure(
      `  ${name}, requests/s`,
      `${Math.round(quantile(rates, 0.5))} (rounds: ${rates.map(Math.round).join(', ')})`,
    );
  }
  const [bare = Number.NaN, ours = Number.NaN] = rivals.map(({ rates }) => quantile(rates, 0.5));
  printFigure('  ratio', (ours / bare).toFixed(2), { text: `at least ${GOAL}`, met: ours / bare >= GOAL });
}

printHeader('hot reads');
printMethod(
  `autocannon, closed loop, ${CONNECTIONS} connections, no pipelining; ${ROUNDS} rounds of ${SECONDS} s each, alternating, after 2 s of warm-up each`,
  'MediaMesh in memory mode with the demo catalogue; the rival is one Fastify route that sends the same bytes with a content type',
  'figures are throughput for the ratio only; a closed loop says nothing about latency',
);
const mediaMesh = await startMediaMesh();
const { items } = (await (await fetch(`${mediaMesh.url}/v1/discovery/popular?limit=1`)).json()) as {
  items: { programId: string }[];
};
await compare(`/v1/programs/${items[0]?.programId}`, mediaMesh.url);
await compare('/v1/discovery/popular?limit=50', mediaMesh.url);
mediaMesh.stop();
