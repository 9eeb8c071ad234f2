import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DomainError,
  StoreRefused,
  StoreThrottled,
  StoreTimeout,
  StoreUnavailable,
} from '../../src/domain/errors.ts';
import type { Call } from '../../src/ports/call.ts';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';

const SECRET = 'postgres://user:hunter2@db.internal:5432 SELECT * FROM programs';

interface LogLine {
  readonly level: string;
  readonly fields: Record<string, unknown>;
}

let http: TestServer;
let work: (call: Call) => Promise<never>;
const lines: LogLine[] = [];
const log = (level: string) => (fields: unknown) => {
  lines.push({ level, fields: fields as Record<string, unknown> });
};

beforeAll(async () => {
  http = await aServer({
    handlerTimeoutMs: 100,
    cacheBytes: 0,
    loggerInstance: { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') },
    wrap: (app) => ({
      ...app,
      programs: {
        ...app.programs,
        get: (_programId, call) => work(call),
        list: (_query, call) => work(call),
        create: (_input, call) => work(call),
        exportAll: (call) => ({ [Symbol.asyncIterator]: () => ({ next: () => work(call) }) }),
      },
    }),
  });
});
afterAll(() => http.dispose());

/** A call that is answered from memory, one that is not, a write with a body, and a stream. */
const CALLS = [
  { method: 'GET', url: '/v1/programs/p' },
  { method: 'GET', url: '/v1/programs' },
  { method: 'POST', url: '/v1/programs', payload: aProgramInput('p') },
  { method: 'GET', url: '/v1/programs/export' },
] as const;

describe.each(CALLS)('$method $url', (request) => {
  it.each([
    [new StoreUnavailable(SECRET, new Error(SECRET)), 'store-unavailable', '1'],
    [new StoreTimeout(SECRET, new Error(SECRET)), 'store-timeout', '1'],
    [new StoreThrottled(SECRET, new Error(SECRET)), 'store-throttled', '1'],
    [new StoreRefused(SECRET, new Error(SECRET)), 'store-refused', '30'],
  ])('is 503 with Retry-After when a store fails: %o', async (error, code, retryAfter) => {
    work = () => Promise.reject(error);
    const reply = await http.ask(request);
    expect(reply).toMatchObject({ status: 503, json: { code }, headers: { 'retry-after': retryAfter } });
    expect(reply.body).not.toContain('hunter2');
  });

  it('is 500 for what nobody foresaw, says nothing of it, and logs it under the request id', async () => {
    const error = new TypeError(SECRET);
    work = () => Promise.reject(error);
    lines.length = 0;
    const headers = {
      'x-request-id': anId('request'),
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    };
    const reply = await http.ask({ ...request, headers });
    expect(reply).toMatchObject({ status: 500, json: { code: 'internal-error' } });
    expect(reply.body).not.toMatch(/hunter2|SELECT|TypeError|\.ts/);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      fields: {
        requestId: headers['x-request-id'],
        err: error,
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
        parent_span_id: '00f067aa0ba902b7',
      },
    });
  });

  it('is 500 also for a synchronous throw and for a value that is no error', async () => {
    work = () => {
      throw new Error(SECRET);
    };
    expect(await http.ask(request)).toMatchObject({ status: 500, json: { code: 'internal-error' } });
  });
});

describe.each(CALLS.filter(({ url }) => url !== '/v1/programs/export'))('$method $url', (request) => {
  it('is 503 with Retry-After at its deadline, and its work is told to stop', async () => {
    let signal: AbortSignal | undefined;
    work = (call) => {
      signal = call.signal;
      return new Promise<never>(() => undefined);
    };
    const begun = performance.now();
    const reply = await http.ask(request);
    const expected = { status: 503, json: { code: 'handler-timeout' }, headers: { 'retry-after': '1' } };
    expect(reply).toMatchObject(expected);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(signal?.aborted).toBe(true);
  });
});

describe('a problem', () => {
  it('keeps the text of refusals, and logs them at debug level only', async () => {
    work = () => Promise.reject(new DomainError('program-not-found', 'there is no program with the id p'));
    lines.length = 0;
    const reply = await http.ask('/v1/programs/p?');
    expect(reply.json).toEqual({
      type: '/problems/program-not-found',
      title: 'No such program',
      status: 404,
      detail: 'there is no program with the id p',
      instance: '/v1/programs/p',
      code: 'program-not-found',
      requestId: reply.headers['x-request-id'],
    });
    expect(lines.map(({ level }) => level)).toEqual(['debug']);
  });

  it('leaves the query out of the instance: it may carry what belongs in no log', async () => {
    const reply = await http.ask('/v1/programs?token=secret');
    expect(reply.json.instance).toBe('/v1/programs');
  });

  it.each([
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-01'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01'],
    ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more'],
    ['nonsense'],
  ])('takes the trace %s for none', async (traceparent) => {
    work = () => Promise.reject(new Error('x'));
    lines.length = 0;
    await http.ask({ url: '/v1/programs/p', headers: { traceparent } });
    expect(lines[0]?.fields).not.toHaveProperty('trace_id');
  });
});

describe('an address that no call has', () => {
  it.each(['/nope', '/v1', '/v1/programs/a/b', '//', '/V1/programs'])('is 404: %s', async (url) => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'] as const) {
      const reply = await http.ask({ method, url });
      expect(reply).toMatchObject({ status: 404, json: { code: 'not-found', instance: url } });
    }
  });

  it('is 404 whatever body comes with it', async () => {
    const headers = { 'content-type': 'image/png' };
    expect((await http.ask({ method: 'POST', url: '/nope', headers, payload: 'x' })).status).toBe(404);
    const json = { 'content-type': 'application/json' };
    expect((await http.ask({ method: 'POST', url: '/nope', headers: json, payload: '{' })).status).toBe(404);
  });
});

describe('a method that a call does not take', () => {
  it.each([
    ['/v1/programs', 'PUT', 'GET, HEAD, POST, OPTIONS'],
    ['/v1/programs/p', 'POST', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['/v1/discovery/popular?limit=3', 'DELETE', 'GET, HEAD, OPTIONS'],
    ['/v1/rate-limits/check', 'PUT', 'GET, HEAD, POST, DELETE, OPTIONS'],
    ['/v1/views/batch', 'GET', 'POST, OPTIONS'],
    ['/v1/programs/import', 'GET', 'POST, OPTIONS'],
    ['/v1/programs/batch-get', 'PUT', 'POST, OPTIONS'],
    ['/v1/programs/export', 'DELETE', 'GET, HEAD, OPTIONS'],
    ['/health/live', 'PATCH', 'GET, HEAD, OPTIONS'],
    ['/v1/programs', 'TRACE', 'GET, HEAD, POST, OPTIONS'],
    ['/v1/programs', 'PROPFIND', 'GET, HEAD, POST, OPTIONS'],
    ['/v1/programs', 'QUERY', 'GET, HEAD, POST, OPTIONS'],
  ])('of %s: %s', async (url, method, allow) => {
    const reply = await http.ask({ method: method as 'GET', url });
    expect(reply).toMatchObject({ status: 405, json: { code: 'method-not-allowed' }, headers: { allow } });
  });

  it('is told by OPTIONS', async () => {
    const reply = await http.ask({ method: 'OPTIONS', url: '/v1/programs/p' });
    expect(reply).toMatchObject({
      status: 204,
      body: '',
      headers: { allow: 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS' },
    });
  });
});
