import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';
import { expectProblem, rawExchange } from '../support/raw-http.ts';

let http: TestServer;
let port: number;
beforeAll(async () => {
  http = await aServer({
    headersTimeoutMs: 400,
    connectionsCheckingIntervalMs: 100,
    bodyTimeoutMs: 400,
  });
  port = await http.listen();
});
afterAll(() => http.dispose());

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('bytes that are no request', () => {
  it.each([
    ['nonsense', 'this is not http\r\n\r\n'],
    ['a method that does not exist', 'FETCH / HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['another version', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nhost: x\r\nbroken\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/programs HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    ],
    [
      'a length and chunks (request smuggling)',
      'POST /v1/programs HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])],
  ])('are answered with a 400 problem: %s', async (_name, bytes) => {
    expectProblem(await rawExchange(port, bytes).closed, 400, 'malformed-request');
  });

  it('that ask to close are told so, also by a problem', async () => {
    const request = 'GET /nope HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    const answer = await rawExchange(port, request).closed;
    expect(answer).toMatchObject({ status: 404, headers: { connection: 'close' } });
  });

  it('in a header that is too large are answered with a 431 problem', async () => {
    const answer = await rawExchange(port, `GET / HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(17_000)}\r\n\r\n`)
      .closed;
    expectProblem(answer, 431, 'header-too-large');
  });

  it('in an address that is too long are answered with a 431 problem', async () => {
    const answer = await rawExchange(port, `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`).closed;
    expectProblem(answer, 431, 'header-too-large');
  });

  it('after a good request do not spoil its answer', async () => {
    const answer = await rawExchange(port, 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\nnonsense\r\n\r\n')
      .closed;
    expect(answer).toMatchObject({ status: 200, body: '{"status":"live"}' });
  });
});

describe('a request', () => {
  it('without a Host is refused, save in HTTP/1.0', async () => {
    expectProblem(
      await rawExchange(port, 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n').closed,
      400,
      'malformed-request',
    );
    expect((await rawExchange(port, 'GET /health/live HTTP/1.0\r\n\r\n').closed).status).toBe(200);
  });

  it('with an expectation that is not met is refused', async () => {
    const answer = await rawExchange(port, 'GET / HTTP/1.1\r\nhost: x\r\nexpect: a-miracle\r\n\r\n').closed;
    expectProblem(answer, 417, 'expectation-failed');
  });

  it('that cannot be decoded is a problem over a socket too', async () => {
    const answer = await rawExchange(
      port,
      'GET /v1/programs/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    ).closed;
    expectProblem(answer, 400, 'malformed-url');
  });

  it.each(['/v1/programs/..', '/v1/programs/%2e%2e', '/v1/users/../recently-viewed'])(
    'is taken as it is written, dots and all: %s',
    async (path) => {
      const answer = await rawExchange(port, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
        .closed;
      if (path.startsWith('/v1/users')) expect(answer.status).toBe(200);
      else expectProblem(answer, 400, 'validation-failed');
    },
  );

  it('to OPTIONS * is answered', async () => {
    const answer = await rawExchange(port, 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
      .closed;
    expect(answer).toMatchObject({ status: 204 });
    expect(answer.headers.allow).toContain('PATCH');
  });

  it('with a body that nobody reads costs its connection', async () => {
    const answer = await rawExchange(
      port,
      'GET /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab',
    ).closed;
    expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
  });

  it('keeps its signal until it is answered, also after its body was read', async () => {
    // Node closes the request stream once a body is read: a signal that follows it would abort every write.
    const reply = await fetch(`http://127.0.0.1:${port}/v1/programs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': anId('key') },
      body: JSON.stringify(aProgramInput(anId())),
    });
    expect(reply.status).toBe(201);
  });
});

describe('a slow client', () => {
  it('that does not finish its headers gets a 408 problem', async () => {
    const answer = await rawExchange(port, 'GET / HTTP/1.1\r\nhost: x\r\nx-slow:').closed;
    expectProblem(answer, 408, 'request-timeout');
    expect(answer.tookMs).toBeGreaterThan(350);
    expect(answer.tookMs).toBeLessThan(2000);
  });

  it('that says nothing is let go', async () => {
    const { socket, closed } = rawExchange(port, '');
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it('that does not finish its body gets a 408 problem', async () => {
    const head =
      'POST /v1/programs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{';
    const answer = await rawExchange(port, head).closed;
    expectProblem(answer, 408, 'request-timeout');
    expect(answer.tookMs).toBeGreaterThan(350);
    expect(answer.tookMs).toBeLessThan(2000);
  });

  it('that drips its body gets a 408 problem all the same', async () => {
    const head =
      'POST /v1/programs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{';
    const { socket, closed } = rawExchange(port, head);
    const drip = setInterval(() => socket.write(' '), 50);
    expectProblem(await closed, 408, 'request-timeout');
    clearInterval(drip);
  });
});

describe('a body that is refused', () => {
  it.each([
    ['POST', '/v1/programs', 'application/json', 413],
    ['POST', '/v1/programs', 'text/plain', 415],
    ['POST', '/nope', 'application/json', 404],
    ['POST', '/v1/discovery/popular', 'application/json', 405],
  ])('does not cost %s %s of type %s its answer', async (method, path, type, status) => {
    for (let round = 0; round < 5; round += 1) {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { 'content-type': type },
        body: Buffer.alloc(10_000_000, 0x20),
      });
      expect(reply.status).toBe(status);
      expect(await reply.json()).toMatchObject({ status });
    }
  });

  it('is read for as long as a body may take, then its connection is cut', async () => {
    const head =
      'POST /nope HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{';
    const { socket, closed } = rawExchange(port, head);
    const drip = setInterval(() => socket.write(' '), 50);
    const answer = await closed;
    clearInterval(drip);
    expectProblem(answer, 404, 'not-found');
    expect(answer.tookMs).toBeGreaterThan(350);
    expect(answer.tookMs).toBeLessThan(2000);
  });
});

describe('a client that goes away', () => {
  it('aborts the work that was done for it', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<unknown>();
    const waiting = await aServer({
      wrap: (app) => ({
        ...app,
        programs: {
          ...app.programs,
          list: (_query, { signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                resolve(signal.reason);
                reject(signal.reason);
              });
            }),
        },
      }),
    });
    const socket = connect(await waiting.listen(), '127.0.0.1');
    socket.write('GET /v1/programs HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'connect');
    await sleep(100);
    socket.destroy();
    expect(await aborted).toMatchObject({ message: 'the client went away' });
    await waiting.dispose();
  });

  it('ends an export, whatever is left of the catalogue', async () => {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const endless = await aServer({
      wrap: (app) => ({
        ...app,
        programs: {
          ...app.programs,
          exportAll: async function* () {
            try {
              while (true) {
                yield { title: 'x'.repeat(1000) } as never;
                await new Promise(setImmediate);
              }
            } finally {
              resolve();
            }
          },
        },
      }),
    });
    const { socket } = rawExchange(
      await endless.listen(),
      'GET /v1/programs/export HTTP/1.1\r\nhost: x\r\n\r\n',
    );
    await once(socket, 'data');
    socket.destroy();
    await ended;
    await endless.dispose();
  });
});

describe('a server that shuts down', () => {
  it('finishes what is in flight, asks for a new connection, and is gone soon after', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const closing = await aServer({
      wrap: (app) => ({
        ...app,
        discovery: {
          ...app.discovery,
          categories: async () => {
            await promise;
            return [];
          },
        },
      }),
    });
    const at = await closing.listen();
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const idle = rawExchange(at, request('/health/live'));
    await once(idle.socket, 'data');
    const busy = rawExchange(at, request('/v1/discovery/categories'));
    await sleep(50);
    const begun = performance.now();
    const closed = closing.dispose();
    await sleep(50);
    resolve();
    expect(await busy.closed).toMatchObject({
      status: 200,
      headers: { connection: 'close' },
      body: '{"items":[]}',
    });
    await idle.closed;
    await closed;
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
