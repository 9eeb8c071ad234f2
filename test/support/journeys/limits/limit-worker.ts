import { join } from 'node:path';
import { builtProgram } from '../../programs/built-program.ts';
import type { ServerProcess } from '../../server-process.ts';
import { startServer } from '../../server-process.ts';
import type { TcpProxy } from '../../tcp-proxy/tcp-proxy.ts';
import { startTcpProxy } from '../../tcp-proxy/tcp-proxy.ts';
import type { Dice } from '../dice.ts';
import type { CountersAt } from './open-counters.ts';

/** A process that asks for rate limits, behind a network of its own. */
export interface LimitWorker {
  readonly proxy: TcpProxy;
  start(): Promise<void>;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it in order; answers its exit code. */
  stop(): Promise<unknown>;
}

export interface LimitWorkerOptions {
  readonly name: string;
  readonly counters: CountersAt;
  /** Of the process, besides. */
  readonly env: Readonly<Record<string, string>>;
  /** Its pid and a log of each of its lives go there. */
  readonly folder: string;
  readonly dice: Dice;
}

export async function createLimitWorker(options: LimitWorkerOptions): Promise<LimitWorker> {
  const { name, counters, env, folder, dice } = options;
  const proxy = await startTcpProxy(counters.url);
  let running: ServerProcess | undefined;
  let lives = 0;
  const end = async (signal: NodeJS.Signals): Promise<unknown> => {
    running?.kill(signal);
    return await running?.exited;
  };
  return {
    proxy,
    async start() {
      lives += 1;
      const settings = {
        LIMITS_ENGINE: counters.engine,
        LIMITS_URL: proxy.url,
        LIMITS_NAME: counters.name,
        LIMITS_WORKER: name,
        LIMITS_LOG: join(folder, `${name}-${lives}.ndjson`),
        LIMITS_SEED: `${dice.below(2 ** 31)}`,
      };
      running = await startServer({ ...env, ...settings }, { folder, ...(await builtProgram('limits')) });
    },
    kill: async () => void (await end('SIGKILL')),
    signal: (signal) => running?.kill(signal),
    async stop() {
      const code = await end('SIGTERM');
      await proxy.close();
      return code;
    },
  };
}
