import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { ENGINE_NAMES } from './engine.ts';
import type { RunEngines } from './run-engines.ts';

export interface ControlServer {
  readonly url: string;
  close(): void;
}

/** Where the processes of the tests ask for engines, on the loopback interface. `secret` keeps other users of the machine out. */
export async function startControlServer(engines: RunEngines, secret: string): Promise<ControlServer> {
  const server = createServer((request, response) => {
    const name = ENGINE_NAMES.find((engine) => request.url === `/${secret}/${engine}`);
    if (name === undefined) {
      response.writeHead(404).end(`there is no ${request.url}`);
      return;
    }
    void engines.get(name).then((answer) => response.end(JSON.stringify(answer)));
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

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
