import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreTimeout } from '../../src/domain/errors.ts';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';

let http: TestServer;
/** Runs in place of the next create. */
let instead: (() => Promise<never>) | undefined;
/** Runs after the next create has been made, before it is answered. */
let afterwards: (() => Promise<void>) | undefined;

beforeAll(async () => {
  http = await aServer({
    handlerTimeoutMs: 300,
    wrap: (app) => ({
      ...app,
      programs: {
        ...app.programs,
        async create(input, call) {
          const replacement = instead;
          instead = undefined;
          if (replacement !== undefined) return replacement();
          const program = await app.programs.create(input, call);
          const after = afterwards;
          afterwards = undefined;
          await after?.();
          return program;
        },
      },
    }),
  });
});
afterAll(() => http.dispose());

const create = (key: string, payload: object) =>
  http.ask({ method: 'POST', url: '/v1/programs', headers: { 'idempotency-key': key }, payload });

describe('Idempotency-Key', () => {
  it('gives the same answer again, to the byte', async () => {
    const key = anId('key');
    const payload = aProgramInput(anId());
    const first = await create(key, payload);
    const again = await create(key, payload);
    expect(first.status).toBe(201);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again).toMatchObject({
      status: 201,
      body: first.body,
      headers: { 'idempotent-replayed': 'true' },
    });
    for (const name of ['location', 'etag', 'content-type', 'cache-control']) {
      expect(again.headers[name]).toBe(first.headers[name]);
    }
  });

  it('takes the order of fields for no difference', async () => {
    const key = anId('key');
    const payload = aProgramInput(anId());
    await create(key, payload);
    const reordered = Object.fromEntries(Object.entries(payload).reverse());
    expect((await create(key, reordered)).headers['idempotent-replayed']).toBe('true');
  });

  it('creates one program for one key, also where the service makes the id', async () => {
    const key = anId('key');
    const first = await create(key, aProgramInput(undefined));
    expect((await create(key, aProgramInput(undefined))).json.programId).toBe(first.json.programId);
    expect((await create(anId('key'), aProgramInput(undefined))).json.programId).not.toBe(
      first.json.programId,
    );
    expect(first.json.programId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('refuses another body', async () => {
    const key = anId('key');
    await create(key, aProgramInput(anId()));
    const reply = await create(key, aProgramInput(anId()));
    expect(reply).toMatchObject({ status: 422, json: { code: 'idempotency-key-reused' } });
  });

  it('answers one of many at a time, and asks the others to wait', async () => {
    const key = anId('key');
    const payload = aProgramInput(anId());
    const { promise, resolve } = Promise.withResolvers<void>();
    afterwards = () => promise;
    const first = create(key, payload);
    await new Promise((done) => setTimeout(done, 20));
    const others = await Promise.all(Array.from({ length: 10 }, () => create(key, payload)));
    for (const other of others) {
      expect(other).toMatchObject({ status: 409, json: { code: 'idempotency-key-in-flight' } });
      expect(other.headers['retry-after']).toBe('1');
    }
    resolve();
    expect((await first).status).toBe(201);
  });

  it('is free again after an answer that says nothing was done', async () => {
    const key = anId('key');
    const programId = anId();
    expect((await create(key, { programId })).status).toBe(400);
    expect((await create(key, aProgramInput(programId))).status).toBe(201);
    const taken = anId('key');
    expect((await create(taken, aProgramInput(programId))).status).toBe(409);
    expect((await create(taken, aProgramInput(anId()))).status).toBe(201);
  });

  it('takes a program whose answer was lost for its own, once its reservation is over', async () => {
    const key = anId('key');
    const payload = aProgramInput(undefined);
    afterwards = () => Promise.reject(new StoreTimeout('the catalogue', undefined));
    expect((await create(key, payload)).status).toBe(503);
    expect((await create(key, payload)).json).toMatchObject({ code: 'idempotency-key-in-flight' });
    await new Promise((done) => setTimeout(done, 2500));
    const again = await create(key, payload);
    expect(again).toMatchObject({ status: 201, json: { version: 1 } });
    expect((await create(key, payload)).body).toBe(again.body);
  });

  it('creates after a failure that wrote nothing, once its reservation is over', async () => {
    const key = anId('key');
    const payload = aProgramInput(anId());
    instead = () => Promise.reject(new StoreTimeout('the catalogue', undefined));
    expect((await create(key, payload)).status).toBe(503);
    await new Promise((done) => setTimeout(done, 2500));
    expect((await create(key, payload)).status).toBe(201);
  });

  it.each(['', 'a b', 'schlüssel', 'x'.repeat(256)])('refuses the key %o', async (key) => {
    const reply = await create(key, aProgramInput(anId()));
    expect(reply).toMatchObject({ status: 400, json: { code: 'malformed-header' } });
  });
});

describe('an idempotency store that fails', () => {
  it('does not take back what was created', async () => {
    const failing = await aServer({
      idempotency: {
        begin: async () => ({ state: 'fresh' }),
        complete: () => Promise.reject(new StoreTimeout('requests', undefined)),
        abandon: () => Promise.reject(new StoreTimeout('requests', undefined)),
      },
    });
    const headers = { 'idempotency-key': 'k' };
    const request = { method: 'POST', url: '/v1/programs', headers } as const;
    expect((await failing.ask({ ...request, payload: aProgramInput(anId()) })).status).toBe(201);
    expect((await failing.ask({ ...request, payload: {} })).status).toBe(400);
    await failing.dispose();
  });
});
