import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { ENGINE_NAMES } from './engine.ts';
import type { RunEngines } from './run-engines.ts';

export interface ControlServer {
  readonly url: string;
  close(): void;
}

/** What the processes of the tests can ask for. */
export interface RunParts {
  readonly engines: Pick<RunEngines, 'get'>;
  /** Where the built programs are; builds them the first time that it is asked. */
  readonly programs: () => Promise<{ readonly path: string }>;
}

/** Where the processes of the tests ask, on the loopback interface. `secret` keeps other users of the machine out. */
export async function startControlServer(parts: RunParts, secret: string): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answerOf(parts, request.url?.replace(`/${secret}/`, '')).then(
      (answer) => response.end(JSON.stringify(answer)),
      (error: Error) => response.writeHead(500).end(error.stack),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}/${secret}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answerOf({ engines, programs }: RunParts, asked: string | undefined): Promise<object> {
  if (asked === 'programs') return await programs();
  const name = ENGINE_NAMES.find((engine) => asked === engine);
  if (name === undefined) throw new Error(`there is no ${asked}`);
  return await engines.get(name);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
