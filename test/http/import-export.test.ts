import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import type { Line } from '../../src/domain/lines.ts';
import type { ProgramImports } from '../../src/domain/program/program-imports.ts';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';

interface ImportResult {
  readonly accepted: number;
  readonly rejected: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly errors: readonly { readonly line: number; readonly message: string }[];
  readonly errorsOmitted: number;
}

let http: TestServer;
let importBatch: ProgramImports['importBatch'] | undefined;
beforeAll(async () => {
  http = await aServer({
    importLineBytes: 2000,
    importBatchLines: 10,
    wrap: (app) => ({
      ...app,
      imports: { importBatch: (lines, call) => (importBatch ?? app.imports.importBatch)(lines, call) },
    }),
  });
});
afterAll(() => http.dispose());

const NDJSON = { 'content-type': 'application/x-ndjson' };
const send = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  http.ask<ImportResult & { code: string; detail: string }>({
    method: 'POST',
    url: '/v1/programs/import',
    headers: { ...NDJSON, ...headers },
    payload,
  });
const line = (programId: string, overrides: object = {}) =>
  `${JSON.stringify(aProgramInput(programId, overrides))}\n`;
const lines = (count: number, prefix = anId()) =>
  Array.from({ length: count }, (_, index) => line(`${prefix}-${index}`)).join('');

describe('POST /v1/programs/import', () => {
  it('takes every line, and changes nothing when it is sent again', async () => {
    const body = lines(35);
    const none = { rejected: 0, errors: [], errorsOmitted: 0, updated: 0 };
    expect((await send(body)).json).toEqual({ ...none, accepted: 35, created: 35, unchanged: 0 });
    expect((await send(body)).json).toEqual({ ...none, accepted: 35, created: 0, unchanged: 35 });
  });

  it('says which lines are wrong and why, and takes the rest', async () => {
    const [good, better] = [anId(), anId()];
    const body = Buffer.concat([
      Buffer.from(`${line(good)}not json\n\n${line(anId(), { title: '' })}{"title":"no id"}\n`),
      Buffer.from(line(anId(), { description: 'x'.repeat(2000) })),
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      Buffer.from(line(better).trimEnd()),
    ]);
    const { json } = await send(body);
    expect(json).toMatchObject({ accepted: 2, created: 2, rejected: 5, errorsOmitted: 0 });
    expect(json.errors.map((error) => error.line)).toEqual([2, 4, 5, 6, 7]);
    expect(json.errors[3]?.message).toContain('at most 2000 bytes');
    expect(json.errors[4]?.message).toContain('UTF-8');
    for (const id of [good, better]) expect((await http.ask(`/v1/programs/${id}`)).status).toBe(200);
  });

  it('is seen at once, in lists and one by one', async () => {
    const programId = anId();
    const category = anId('category');
    await http.ask(`/v1/discovery/popular?category=${category}`);
    await send(line(programId, { category }));
    await send(line(programId, { category, title: 'Second' }));
    expect((await http.ask(`/v1/programs/${programId}`)).json).toMatchObject({ title: 'Second', version: 2 });
    expect((await http.ask(`/v1/discovery/popular?category=${category}`)).body).toContain(programId);
  });

  it('lists 1,000 rejected lines and counts the rest', async () => {
    const { json } = await send('x\n'.repeat(1234));
    expect(json).toMatchObject({ accepted: 0, rejected: 1234, errorsOmitted: 234 });
    expect(json.errors).toHaveLength(1000);
  });

  it('takes nothing for nothing', async () => {
    expect((await send('')).json).toMatchObject({ accepted: 0, rejected: 0 });
    expect((await send('\n\r\n\n')).json).toMatchObject({ accepted: 0, rejected: 0 });
  });

  it('takes gzip, in one piece or several', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    const whole = Buffer.concat([gzipSync(lines(20)), gzipSync(lines(5))]);
    expect((await send(whole, gzip)).json).toMatchObject({ accepted: 25 });
  });

  it.each([
    ['is no gzip', (gzip: Buffer) => Buffer.from(gzip.toString('hex'))],
    ['breaks off', (gzip: Buffer) => gzip.subarray(0, gzip.length - 20)],
    [
      'is damaged',
      (gzip: Buffer) => Buffer.concat([gzip.subarray(0, 400), Buffer.alloc(100, 7), gzip.subarray(500)]),
    ],
  ])('says how far it came when the body %s', async (_name, spoil) => {
    const reply = await send(spoil(gzipSync(lines(300))), { 'content-encoding': 'gzip' });
    expect(reply).toMatchObject({ status: 400, json: { code: 'broken-body' } });
    expect(reply.json.detail).toMatch(/\d+ lines went in and 0 were rejected before: send it again/);
  });

  it('says how far it came when a store fails', async () => {
    let batches = 0;
    const written: Line[] = [];
    importBatch = async (batch) => {
      batches += 1;
      if (batches === 3) throw new StoreUnavailable('the catalogue', new Error('gone'));
      written.push(...batch);
      return { created: batch.length, updated: 0, unchanged: 0, rejected: [] };
    };
    const reply = await send(lines(100));
    importBatch = undefined;
    expect(reply).toMatchObject({
      status: 503,
      json: { code: 'store-unavailable' },
      headers: { 'retry-after': '1' },
    });
    expect(reply.json.detail).toContain(`${written.length} lines went in`);
    expect(written).toHaveLength(20);
  });

  it('is 500 for what nobody foresaw, and says nothing of it', async () => {
    importBatch = () => Promise.reject(new TypeError('hunter2'));
    const reply = await send(lines(1));
    importBatch = undefined;
    expect(reply).toMatchObject({ status: 500, json: { code: 'internal-error' } });
    expect(reply.body).not.toContain('hunter2');
  });

  it.each([
    [{ 'content-type': 'application/json' }],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-encoding': 'br' }],
    [{ 'content-encoding': 'gzip, gzip' }],
  ])('refuses %o', async (headers) => {
    const reply = await send('{}\n', headers as Record<string, string>);
    expect(reply).toMatchObject({ status: 415, json: { code: 'unsupported-media-type' } });
  });
});

describe('GET /v1/programs/export', () => {
  it('gives back what import takes, equal after a round trip', async () => {
    const from = await aServer();
    const to = await aServer();
    const rich = { metadata: { a: [1, { b: 'ü\u2028' }] }, tags: ['x'], viewCount: 7, popularityScore: 1.5 };
    for (let index = 0; index < 700; index += 1) {
      const payload = aProgramInput(`p-${index}`, index % 2 === 0 ? rich : {});
      await from.server.inject({ method: 'POST', url: '/v1/programs', payload });
    }
    const exported = await from.ask('/v1/programs/export');
    expect(exported.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(exported.body.trimEnd().split('\n')).toHaveLength(700);
    const imported = await to.ask({
      method: 'POST',
      url: '/v1/programs/import',
      headers: NDJSON,
      payload: exported.body,
    });
    expect(imported.json).toMatchObject({ accepted: 700, rejected: 0 });
    expect((await to.ask('/v1/programs/export')).body).toBe(exported.body);
    await from.dispose();
    await to.dispose();
  });

  it.each(['gzip', 'br, GZIP;q=0.5', 'gzip;q=1.0'])('is gzip for %s', async (accept) => {
    const url = '/v1/programs/export';
    const plain = await http.server.inject(url);
    const reply = await http.server.inject({ url, headers: { 'accept-encoding': accept } });
    expect(reply.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(reply.rawPayload).toString()).toBe(plain.body);
  });

  it.each(['identity', 'gzip;q=0', 'gzip;q=0.0', 'xgzip', ''])('is plain for %s', async (accept) => {
    const reply = await http.server.inject({
      url: '/v1/programs/export',
      headers: { 'accept-encoding': accept },
    });
    expect(reply.headers['content-encoding']).toBeUndefined();
  });

  it('answers HEAD without reading the catalogue', async () => {
    const unread = await aServer({
      wrap: (app) => ({
        ...app,
        programs: {
          ...app.programs,
          exportAll: () => {
            throw new Error('must not be read');
          },
        },
      }),
    });
    const reply = await unread.server.inject({ method: 'HEAD', url: '/v1/programs/export' });
    expect(reply).toMatchObject({ statusCode: 200, body: '' });
    expect(reply.headers['content-length']).toBeUndefined();
    await unread.dispose();
  });
});
