import { connect } from 'node:net';
import { startContainer } from './container.ts';
import type { OpenedEngine, Way } from './find-engine.ts';
import { givenEngine } from './given-engine.ts';
import { installProgram } from './install-program.ts';
import { findProgram } from './programs.ts';
import { spawnServer } from './spawned-server.ts';

export const REDIS_WAYS: readonly Way[] = [
  givenEngine({ variable: 'REDIS_URL', defaultPort: 6379 }),
  () =>
    startContainer({
      image: 'redis:8.2.1',
      port: 6379,
      command: ['redis-server', ...settings()],
      toUrl: (host, port) => `redis://${host}:${port}`,
      isReady: answersPing,
    }),
  async () => startRedis(await findProgram('redis-server'), 'redis-server of this machine'),
  async () => startRedis(await installProgram('redis-server', [['redis-server']]), 'redis-server by apt-get'),
];

async function startRedis(file: string, how: string): Promise<OpenedEngine> {
  const { port, stop } = await spawnServer({
    file,
    args: (at) => [...settings(), '--port', `${at.port}`, '--bind', '127.0.0.1', '--dir', at.folder],
    isReady: (at) => answersPing('127.0.0.1', at),
    patienceMs: 10_000,
  });
  return { url: `redis://127.0.0.1:${port}`, how, ours: true, stop };
}

/** In memory alone, and never a key dropped behind a test's back. */
function settings(): string[] {
  return ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
}

function answersPing(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => end(false));
  });
}
