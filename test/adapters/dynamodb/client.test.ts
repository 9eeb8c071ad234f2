import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DynamoOptions } from '../../../src/adapters/dynamodb/client.ts';
import { openDynamo } from '../../../src/adapters/dynamodb/client.ts';
import { withStoreErrors } from '../../../src/adapters/dynamodb/store-errors.ts';
import { StoreRefused, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import type { Call } from '../../../src/ports/call.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { answerError, answerJson, neverAnswer, useFakeAws } from '../../support/fake-aws.ts';

const startAws = useFakeAws();
const clients: DynamoDBDocumentClient[] = [];

function open(options: Partial<DynamoOptions>): DynamoDBDocumentClient {
  const client = openDynamo({
    region: 'eu-central-1',
    maxAttempts: 1,
    connectTimeoutMs: 1000,
    requestTimeoutMs: 1000,
    maxConnections: 4,
    ...options,
  });
  clients.push(client);
  return client;
}

function get(client: DynamoDBDocumentClient, call: Call = aCall()) {
  const command = new GetCommand({ TableName: 'programs', Key: { programId: 'a' } });
  return withStoreErrors(() => client.send(command, { abortSignal: call.signal }), call);
}

/** Rejects with the error and how long that took. */
async function failureOf(running: Promise<unknown>): Promise<{ error: unknown; tookMs: number }> {
  const begun = performance.now();
  const error = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, tookMs: performance.now() - begun };
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  vi.unstubAllEnvs();
});

describe('credentials', () => {
  it('come from the environment with their session token', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'a-session-token');
    const { endpoint, requests } = await startAws(answerJson({}));
    await get(open({ endpoint }));
    expect(requests[0]?.headers['x-amz-security-token']).toBe('a-session-token');
    expect(requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/dynamodb\/aws4_request, /,
    );
  });

  it('that are nowhere are a refusal', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    const { endpoint, requests } = await startAws(answerJson({}));
    const { error } = await failureOf(get(open({ endpoint })));
    expect(error).toBeInstanceOf(StoreRefused);
    expect(error).toMatchObject({ cause: { name: 'CredentialsProviderError' } });
    expect(requests).toEqual([]);
  });
});

describe('time', () => {
  it('a server that never answers is given up within the request time-out', async () => {
    const { endpoint } = await startAws(neverAnswer);
    const { error, tookMs } = await failureOf(get(open({ endpoint, requestTimeoutMs: 150 })));
    expect(error).toBeInstanceOf(StoreTimeout);
    expect(tookMs).toBeGreaterThan(100);
    expect(tookMs).toBeLessThan(1000);
  });

  it('an answer that stops half-way is given up as well', async () => {
    const { endpoint } = await startAws((response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"Item"');
    });
    const { error, tookMs } = await failureOf(get(open({ endpoint, requestTimeoutMs: 150 })));
    expect(error).toBeInstanceOf(StoreTimeout);
    expect(tookMs).toBeLessThan(1000);
  });

  it('a connection that is not free in time is unavailable: nothing was sent', async () => {
    const { endpoint, requests } = await startAws(neverAnswer);
    const client = open({ endpoint, maxConnections: 1, connectTimeoutMs: 100 });
    const failures = await Promise.all([failureOf(get(client)), failureOf(get(client))]);
    const names = failures.map(({ error }) => (error as Error).name).sort();
    expect(names).toEqual([StoreTimeout.name, StoreUnavailable.name]);
    expect(requests).toHaveLength(1);
  });

  it.each([
    { what: 'before an answer', answer: neverAnswer },
    {
      what: 'while the answer comes slowly',
      answer: (response: import('node:http').ServerResponse) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"Item"');
        const drip = setInterval(() => response.write(' '), 10);
        response.once('close', () => clearInterval(drip));
      },
    },
    { what: 'between two attempts', answer: answerError('ThrottlingException', 400) },
  ])('a signal that is aborted $what rejects with its reason at once', async ({ answer }) => {
    const { endpoint } = await startAws(answer);
    const client = open({ endpoint, requestTimeoutMs: 10_000, maxAttempts: 10 });
    const caller = new AbortController();
    const reason = new Error('the caller has gone');
    const running = failureOf(get(client, { signal: caller.signal }));
    setTimeout(() => caller.abort(reason), 100);
    const { error, tookMs } = await running;
    expect(error).toBe(reason);
    expect(tookMs).toBeLessThan(500);
  });

  it('a call that is aborted already asks nothing', async () => {
    const { endpoint, requests } = await startAws(answerJson({}));
    const call = anAbortedCall();
    await expect(get(open({ endpoint }), call)).rejects.toBe(call.reason);
    expect(requests).toEqual([]);
  });
});

describe('attempts', () => {
  it.each([1, 3])('are %i when the server fails each time', async (maxAttempts) => {
    const { endpoint, requests } = await startAws(answerError('InternalServerError', 500));
    await expect(get(open({ endpoint, maxAttempts }))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(requests).toHaveLength(maxAttempts);
  });

  it('with one, a write whose answer is lost is sent once', async () => {
    const { endpoint, requests } = await startAws((response) => response.destroy());
    await expect(get(open({ endpoint, maxAttempts: 1 }))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(requests).toHaveLength(1);
  });
});

describe('connections', () => {
  it('are kept and used again', async () => {
    const { endpoint, requests } = await startAws(answerJson({}));
    const client = open({ endpoint });
    for (let calls = 0; calls < 5; calls += 1) {
      await get(client);
      // A connection is free a turn after its answer was read.
      await setImmediate();
    }
    expect(new Set(requests.map(({ socket }) => socket.remotePort ?? socket)).size).toBe(1);
  });

  it('are no more than configured', async () => {
    const sockets = new Set<unknown>();
    const { endpoint } = await startAws((response, { socket }) => {
      sockets.add(socket);
      setTimeout(() => answerJson({})(response, response.req, ''), 20);
    });
    const client = open({ endpoint, maxConnections: 2 });
    await Promise.all(Array.from({ length: 20 }, () => get(client)));
    expect(sockets.size).toBe(2);
  });

  it('name the application', async () => {
    const { endpoint, requests } = await startAws(answerJson({}));
    await get(open({ endpoint, appId: 'mediamesh' }));
    expect(requests[0]?.headers['user-agent']).toContain('app/mediamesh');
  });

  it('without TLS are made to a configured endpoint only', async () => {
    const { endpoint, requests } = await startAws(answerJson({}));
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint);
    const { error } = await failureOf(get(open({})));
    expect(error).toBeInstanceOf(StoreRefused);
    expect(String((error as Error).cause)).toContain('not encrypted');
    expect(requests).toEqual([]);
    await get(open({ endpoint }));
    expect(requests).toHaveLength(1);
  });

  it('to a port where nobody listens are unavailable', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { error } = await failureOf(get(open({ endpoint: `http://127.0.0.1:${port}` })));
    expect(error).toBeInstanceOf(StoreUnavailable);
  });
});

describe('what the SDK does on the way', () => {
  it('is no copy of inputs and answers for a log', async () => {
    const steps = open({}).middlewareStack.identify().join('\n');
    expect(steps).toContain('recursionDetectionMiddleware');
    expect(steps).not.toMatch(/logger/i);
  });
});

describe('values', () => {
  const put = (client: DynamoDBDocumentClient, item: Record<string, unknown>) =>
    client.send(new PutCommand({ TableName: 'programs', Item: item }));

  it('that are undefined are left out', async () => {
    const bodies: string[] = [];
    const { endpoint } = await startAws((response, request, body) => {
      bodies.push(body);
      answerJson({})(response, request, body);
    });
    const client = open({ endpoint });
    await put(client, { programId: 'a', title: undefined });
    await put(client, { programId: 'a' });
    expect(bodies[0]).toBe(bodies[1]);
  });

  it.each([
    ['an integer beyond 2^53', 2 ** 53 + 2],
    ['no number', Number.NaN],
    ['an instance of a class', new Date(0)],
    ['an empty set', new Set()],
  ])('that DynamoDB would keep as something else are refused: %s', async (_, value) => {
    const { endpoint, requests } = await startAws(answerJson({}));
    await expect(put(open({ endpoint }), { programId: 'a', value })).rejects.toThrow();
    expect(requests).toEqual([]);
  });

  it('that are numbers come back as numbers, the largest and finest included', async () => {
    const N = ['7', '9007199254740993', '12345678901234567890.5', '0.1'];
    const { endpoint } = await startAws(answerJson({ Item: { n: { L: N.map((text) => ({ N: text })) } } }));
    const { Item } = await get(open({ endpoint }));
    expect(Item).toEqual({ n: [7, 9_007_199_254_740_992, 12_345_678_901_234_567_000, 0.1] });
  });
});
