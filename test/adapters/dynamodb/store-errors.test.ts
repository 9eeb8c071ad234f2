import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  ConditionalCheckFailedException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDynamo } from '../../../src/adapters/dynamodb/client.ts';
import { withStoreErrors } from '../../../src/adapters/dynamodb/store-errors.ts';
import { StoreRefused, StoreThrottled, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import { aCall } from '../../support/call.ts';
import { answerError, useFakeAws } from '../../support/fake-aws.ts';

const startAws = useFakeAws();

async function errorOf(cause: unknown): Promise<unknown> {
  return withStoreErrors(() => Promise.reject(cause)).catch((error: unknown) => error);
}

function nativeError(name: string, more: object = {}): Error {
  return Object.assign(new Error(`a ${name}`), { name }, more);
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterEach(() => vi.unstubAllEnvs());

async function askOnce(endpoint: string): Promise<unknown> {
  // Each of these servers answers or breaks off: time is what a busy machine may need.
  const limits = { connectTimeoutMs: 10_000, requestTimeoutMs: 10_000, maxConnections: 1 };
  const client = openDynamo({ region: 'us-east-1', endpoint, maxAttempts: 1, ...limits });
  const command = new GetCommand({ TableName: 'programs', Key: { programId: 'a' } });
  const error = await withStoreErrors(() => client.send(command)).catch((reason: unknown) => reason);
  client.destroy();
  return error;
}

describe('what the server answers', () => {
  it.each([
    ['ThrottlingException', 400, StoreThrottled],
    ['ProvisionedThroughputExceededException', 400, StoreThrottled],
    ['RequestLimitExceeded', 400, StoreThrottled],
    ['LimitExceededException', 400, StoreThrottled],
    ['TransactionConflictException', 400, StoreThrottled],
    ['TransactionInProgressException', 400, StoreThrottled],
    ['SlowDownPlease', 429, StoreThrottled],
    ['InternalServerError', 500, StoreUnavailable],
    ['InternalFailure', 500, StoreUnavailable],
    ['ServiceUnavailable', 503, StoreUnavailable],
    ['AccessDeniedException', 400, StoreRefused],
    ['UnrecognizedClientException', 400, StoreRefused],
    ['ExpiredTokenException', 400, StoreRefused],
    ['InvalidSignatureException', 400, StoreRefused],
    ['MissingAuthenticationTokenException', 400, StoreRefused],
    ['ResourceNotFoundException', 400, StoreRefused],
  ])('%s with status %i is translated', async (name, status, expected) => {
    const { endpoint } = await startAws(answerError(name, status));
    const error = await askOnce(endpoint);
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ cause: { name, $metadata: { httpStatusCode: status } } });
  });

  it.each([
    'ValidationException',
    'ItemCollectionSizeLimitExceededException',
    'ConditionalCheckFailedException',
  ])('%s goes through as it is', async (name) => {
    const { endpoint } = await startAws(answerError(name, 400));
    expect(await askOnce(endpoint)).toMatchObject({ name, message: `${name} it is` });
  });

  it('a page of a proxy that can not reach it is unavailable', async () => {
    const { endpoint } = await startAws((response) =>
      response.writeHead(502).end('<html>Bad gateway</html>'),
    );
    expect(await askOnce(endpoint)).toBeInstanceOf(StoreUnavailable);
  });
});

describe('an end point with TLS', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function errorAt(server: Server): Promise<unknown> {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return await askOnce(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  it('whose certificate we do not trust is a refusal', async () => {
    const [key, cert] = ['key', 'crt'].map((kind) =>
      readFileSync(new URL(`../../support/certificates/localhost.${kind}`, import.meta.url)),
    );
    const error = await errorAt(createTlsServer({ key, cert }));
    expect(error).toBeInstanceOf(StoreRefused);
    expect(error).toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  });

  it('that speaks no TLS is a refusal', async () => {
    expect(await errorAt(createServer())).toBeInstanceOf(StoreRefused);
  });

  it('that ends the connection meanwhile is unavailable', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    expect(await errorAt(server)).toBeInstanceOf(StoreUnavailable);
  });
});

describe('what happens on the way', () => {
  it.each([
    ['ECONNREFUSED', 'Error'],
    ['ECONNRESET', 'TimeoutError'],
    ['EPIPE', 'TimeoutError'],
    ['ENOTFOUND', 'Error'],
    ['EAI_AGAIN', 'Error'],
    ['EHOSTUNREACH', 'Error'],
    ['EMFILE', 'Error'],
  ])('%s, which the SDK names %s, is unavailable', async (code, name) => {
    const cause = nativeError(name, { code });
    const error = await errorOf(cause);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ cause });
  });

  it.each([
    nativeError('TimeoutError', { code: 'ETIMEDOUT' }),
    nativeError('TimeoutError'),
    nativeError('RequestTimeoutException'),
  ])('a time-out is a time-out: $name', async (cause) => {
    expect(await errorOf(cause)).toBeInstanceOf(StoreTimeout);
  });

  // Names of OpenSSL and of Node.
  it.each([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'EPROTO',
  ])('%s is a refusal: the end point or the trust in it is set up wrongly', async (code) => {
    const cause = nativeError('Error', { code });
    const error = await errorOf(cause);
    expect(error).toBeInstanceOf(StoreRefused);
    expect(error).toMatchObject({ cause });
  });

  it.each(['CredentialsProviderError', 'TokenProviderError'])('%s is a refusal', async (name) => {
    expect(await errorOf(nativeError(name))).toBeInstanceOf(StoreRefused);
  });

  it('anything else goes through: mistakes of our own, and what is no error', async () => {
    const mistake = new TypeError('not a function');
    expect(await errorOf(mistake)).toBe(mistake);
    expect(await errorOf('text')).toBe('text');
  });
});

describe('a cancelled transaction', () => {
  const cancelled = (...codes: readonly string[]) =>
    new TransactionCanceledException({
      $metadata: {},
      message: 'cancelled',
      CancellationReasons: codes.map((Code) => ({ Code })),
    });

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is throttled when %s is the only reason',
    async (code) => {
      expect(await errorOf(cancelled('None', code, 'None'))).toBeInstanceOf(StoreThrottled);
    },
  );

  it.each([[['ConditionalCheckFailed', 'TransactionConflict']], [['ValidationError']], [['None']], [[]]])(
    'goes through when the reasons are %j',
    async (codes) => {
      const error = cancelled(...codes);
      expect(await errorOf(error)).toBe(error);
    },
  );
});

describe("the SDK's own classes", () => {
  const base = { $metadata: {}, message: 'from the SDK' };

  it.each([
    [new ProvisionedThroughputExceededException(base), StoreThrottled],
    [new TransactionConflictException(base), StoreThrottled],
    [new InternalServerError(base), StoreUnavailable],
    [new ConditionalCheckFailedException(base), ConditionalCheckFailedException],
  ])('%s', async (error, expected) => {
    expect(await errorOf(error)).toBeInstanceOf(expected);
  });
});

describe('a call', () => {
  it('that ends well leaves no listener behind', async () => {
    const call = aCall();
    const remove = vi.spyOn(call.signal, 'removeEventListener');
    expect(await withStoreErrors(async () => 7, call)).toBe(7);
    expect(remove).toHaveBeenCalledWith('abort', expect.any(Function));
  });

  it('that is aborted rejects with the reason though the SDK goes on, and whatever comes after is dropped', async () => {
    const caller = new AbortController();
    const answer = Promise.withResolvers<never>();
    const running = withStoreErrors(() => answer.promise, { signal: caller.signal });
    caller.abort('nobody waits');
    await expect(running).rejects.toBe('nobody waits');
    answer.reject(nativeError('TimeoutError'));
  });

  it('whose error comes together with the abort rejects with the reason', async () => {
    const caller = new AbortController();
    const broken = nativeError('TimeoutError', { code: 'ECONNRESET' });
    const running = withStoreErrors(
      async () => {
        caller.abort('nobody waits');
        throw broken;
      },
      { signal: caller.signal },
    );
    await expect(running).rejects.toBe('nobody waits');
  });

  it('that is not aborted is translated as without it', async () => {
    const running = withStoreErrors(() => Promise.reject(nativeError('TimeoutError')), aCall());
    await expect(running).rejects.toBeInstanceOf(StoreTimeout);
  });
});
