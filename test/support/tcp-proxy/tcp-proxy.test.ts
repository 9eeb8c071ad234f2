import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TcpProxy } from './tcp-proxy.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** Answers every piece with the same in capitals, and keeps what it was sent. */
let server: Server;
let received = '';
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  received = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      received += data;
      socket.write(data.toString().toUpperCase());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  proxy = await startTcpProxy(
    `redis://user:secret@127.0.0.1:${typeof address === 'object' && address?.port}/3`,
  );
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  server.close();
});

function aConnection(): Socket {
  const client = connect({ host: '127.0.0.1', port: Number(new URL(proxy.url).port) });
  clients.push(client);
  return client;
}

async function aClient(): Promise<Socket> {
  const client = aConnection();
  await once(client, 'connect');
  return client;
}

async function ask(client: Socket, text: string): Promise<string> {
  client.write(text);
  const [data] = await once(client, 'data');
  return String(data);
}

/** How the connection ended for its client: the code of its error, or `end`. */
async function endOf(client: Socket): Promise<string> {
  try {
    await once(client, 'close');
    return 'end';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'no code';
  }
}

describe('a TCP proxy', () => {
  it('forwards both ways, and keeps all of the URL but its host and port', async () => {
    expect(proxy.url).toMatch(/^redis:\/\/user:secret@127\.0\.0\.1:\d+\/3$/);
    const client = await aClient();
    expect(await ask(client, 'one')).toBe('ONE');
    expect(await ask(client, 'two')).toBe('TWO');
    expect(proxy.connections()).toBe(1);
  });

  it('forwards a great deal, whole and in order', async () => {
    const client = await aClient();
    const text = Array.from({ length: 200_000 }, (_, index) => `${index},`).join('');
    let answer = '';
    client.on('data', (data) => {
      answer += data;
    });
    client.write(text);
    await expect.poll(() => answer.length, { timeout: 10_000 }).toBe(text.length);
    expect(answer).toBe(text);
  });

  it('forwards the end of a connection', async () => {
    const client = await aClient();
    client.end('last words');
    client.resume();
    expect(await endOf(client)).toBe('end');
    expect(received).toBe('last words');
  });

  it('delays every byte each way', async () => {
    const client = await aClient();
    await proxy.set({ kind: 'delay', ms: 100 });
    const begun = performance.now();
    expect(await ask(client, 'late')).toBe('LATE');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(195);
  });

  it('accepts and forwards nothing, until it passes again', async () => {
    await proxy.set({ kind: 'drop' });
    const client = await aClient();
    const answer = ask(client, 'hello');
    const patience = new Promise((resolve) => setTimeout(resolve, 100, 'nothing'));
    expect(await Promise.race([answer, patience])).toBe('nothing');
    expect(received).toBe('');
    await proxy.set({ kind: 'pass' });
    expect(await answer).toBe('HELLO');
  });

  it('cuts the connections that there are and each that comes', async () => {
    const client = await aClient();
    const ended = endOf(client);
    await proxy.set({ kind: 'cut' });
    expect(await ended).toBe('ECONNRESET');
    expect(await endOf(aConnection())).toBe('ECONNRESET');
    await proxy.set({ kind: 'pass' });
    expect(await ask(await aClient(), 'again')).toBe('AGAIN');
  });

  it('lets the request through and loses the answer', async () => {
    const client = await aClient();
    await proxy.set({ kind: 'cut-after-request' });
    const ended = endOf(client);
    client.write('applied');
    expect(await ended).toBe('ECONNRESET');
    expect(received).toBe('applied');
  });

  it('refuses connections, and then listens at the same port again', async () => {
    const client = await aClient();
    const ended = endOf(client);
    await proxy.set({ kind: 'refuse' });
    expect(await ended).toBe('ECONNRESET');
    await expect(aClient()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.set({ kind: 'pass' });
    expect(await ask(await aClient(), 'again')).toBe('AGAIN');
  });

  it('lets no more through than it was told to', async () => {
    const client = await aClient();
    await proxy.set({ kind: 'throttle', bytesPerSecond: 10_000 });
    const begun = performance.now();
    let length = 0;
    client.on('data', (data) => {
      length += data.length;
    });
    client.write('x'.repeat(2_000));
    await expect.poll(() => length, { timeout: 5_000, interval: 5 }).toBe(2_000);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(195);
  });

  it('ends the connection of a client whose server is gone', async () => {
    server.close();
    expect(await endOf(aConnection())).toBe('ECONNRESET');
  });

  it('wants to know the port', async () => {
    await expect(startTcpProxy('mystery://127.0.0.1')).rejects.toThrow('must have a port');
  });
});
