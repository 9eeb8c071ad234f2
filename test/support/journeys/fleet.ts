import type { ServerProcess } from '../server-process.ts';
import { startServer } from '../server-process.ts';

/** Processes of the real server, by name, each started again at will. */
export interface Fleet {
  start(name: string, changes?: Readonly<Record<string, string>>): Promise<void>;
  /** `kill -9`; resolves when it is gone. */
  kill(name: string): Promise<void>;
  /** Where it answers, or answered before it was killed. */
  url(name: string): string;
  urls(): readonly string[];
  /** Ends all of them in order; answers their exit codes. */
  stop(): Promise<readonly unknown[]>;
  /** What all of them wrote at these levels of the log, the last of it. */
  output(): string;
}

export function createFleet(env: () => Readonly<Record<string, string>>): Fleet {
  const running = new Map<string, ServerProcess>();
  const urls = new Map<string, string>();
  const written: string[] = [];
  const gone = async (name: string, signal: NodeJS.Signals): Promise<unknown> => {
    const server = running.get(name);
    if (server === undefined) return undefined;
    running.delete(name);
    server.kill(signal);
    const code = await server.exited;
    written.push(server.output());
    return code;
  };
  return {
    async start(name, changes = {}) {
      const server = await startServer({ ...env(), ...changes });
      running.set(name, server);
      urls.set(name, server.url);
    },
    async kill(name) {
      await gone(name, 'SIGKILL');
    },
    url: (name) => urls.get(name) ?? 'http://127.0.0.1:9',
    urls: () => [...running.values()].map(({ url }) => url),
    stop: () => Promise.all([...running.keys()].map((name) => gone(name, 'SIGTERM'))),
    output: () => [...written, ...[...running.values()].map((server) => server.output())].join('\n'),
  };
}
