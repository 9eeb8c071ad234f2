import { once } from 'node:events';
import type { Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { createModeSwitch } from './mode-switch.ts';
import type { ProxyMode } from './proxy-mode.ts';
import type { Link } from './relay.ts';
import { cut, relay } from './relay.ts';

export interface TcpProxy {
  /** The engine's URL, by way of the proxy. */
  readonly url: string;
  /** From now on, for the connections that there are too. The proxy begins with `pass`. */
  set(mode: ProxyMode): Promise<void>;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
};

/** Stands before any engine that is spoken to over TCP without TLS, on a free port of the loopback interface. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = toTarget(url);
  const mode = createModeSwitch();
  const links = new Set<Link>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (mode.current().kind === 'cut') return client.on('error', ignore).resetAndDestroy();
    const link = { client, server: connect({ ...target, allowHalfOpen: true, noDelay: true }), mode };
    links.add(link);
    client.on('close', () => links.delete(link));
    return relay(link);
  });
  const port = await listen(server, 0);
  const cutAll = () => links.forEach(cut);
  return {
    url: withPort(url, port),
    connections: () => links.size,
    async set(next) {
      mode.set(next);
      if (next.kind === 'cut' || next.kind === 'refuse') cutAll();
      if (next.kind === 'refuse') await stopListening(server);
      else if (!server.listening) await listen(server, port);
    },
    async close() {
      cutAll();
      await stopListening(server);
    },
  };
}

const ignore = (): void => undefined;

function toTarget(text: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(text);
  const number = Number(port) || DEFAULT_PORTS[protocol];
  if (number === undefined) throw new TypeError(`the URL of the engine must have a port: ${text}`);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: number };
}

function withPort(text: string, port: number): string {
  const url = new URL(text);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

/** Resolves when the last connection is gone too. */
async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}
