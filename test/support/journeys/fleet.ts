import type { RunFolder } from '../engines/run-folder.ts';
import { openRunFolder } from '../engines/run-folder.ts';
import type { ProgramName } from '../programs/build-programs.ts';
import { builtProgram } from '../programs/built-program.ts';
import type { ServerProcess } from '../server-process.ts';
import { startServer } from '../server-process.ts';

/** Processes of the service, by name, each started again at will. */
export interface Fleet {
  /** A server. */
  start(name: string, changes?: Readonly<Record<string, string>>): Promise<void>;
  /** A relay without a server. */
  startRelay(name: string): Promise<void>;
  /** `kill -9`; resolves when it is gone. */
  kill(name: string): Promise<void>;
  /** Where it answers; `undefined` while it is not there. */
  url(name: string): string | undefined;
  /** Of all servers that are there. */
  urls(): readonly string[];
  /** Ends all of them in order; answers their exit codes. */
  stop(): Promise<readonly unknown[]>;
  /** What all of them wrote. */
  output(): string;
}

/** Whatever of it runs is ended by `stop`. */
export function createFleet(env: () => Readonly<Record<string, string>>): Fleet {
  const folders = new Map<string, RunFolder>();
  const running = new Map<string, ServerProcess>();
  const written: string[] = [];
  const folderOf = async (name: string): Promise<string> => {
    const folder = folders.get(name) ?? (await openRunFolder());
    folders.set(name, folder);
    return folder.path;
  };
  const start = async (
    name: string,
    changes: Readonly<Record<string, string>> = {},
    program: ProgramName = 'service',
  ) => {
    const folder = await folderOf(name);
    const settings = { ...env(), ...changes };
    running.set(name, await startServer(settings, { folder, ...(await builtProgram(program)) }));
  };
  const end = async (name: string, signal: NodeJS.Signals): Promise<unknown> => {
    const server = running.get(name);
    if (server === undefined) return undefined;
    running.delete(name);
    server.kill(signal);
    const code = await server.exited;
    written.push(server.output());
    return code;
  };
  const urlOf = (server: ServerProcess | undefined) =>
    server?.url.startsWith('http') === true ? server.url : undefined;
  return {
    start: (name, changes) => start(name, changes),
    startRelay: (name) => start(name, {}, 'relay'),
    kill: async (name) => void (await end(name, 'SIGKILL')),
    url: (name) => urlOf(running.get(name)),
    urls: () => [...running.values()].flatMap((server) => urlOf(server) ?? []),
    async stop() {
      const codes = await Promise.all([...running.keys()].map((name) => end(name, 'SIGTERM')));
      await Promise.all([...folders.values()].map((folder) => folder.remove()));
      folders.clear();
      return codes;
    },
    output: () => [...written, ...[...running.values()].map((server) => server.output())].join('\n'),
  };
}
