import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer, codeOf } from '../support/http.ts';

let http: TestServer;
beforeAll(async () => {
  http = await aServer();
});
afterAll(() => http.dispose());

const put = (programId: string, overrides: object = {}, headers: Record<string, string> = {}) =>
  http.ask({
    method: 'PUT',
    url: `/v1/programs/${programId}`,
    headers,
    payload: aProgramInput(undefined, overrides),
  });

describe('POST /v1/programs', () => {
  it('creates a program and says where it is', async () => {
    const programId = anId();
    const reply = await http.ask({ method: 'POST', url: '/v1/programs', payload: aProgramInput(programId) });
    expect(reply).toMatchObject({ status: 201, json: { programId, version: 1, description: '', tags: [] } });
    expect(reply.headers).toMatchObject({ location: `/v1/programs/${programId}`, etag: '"v1"' });
    expect((await http.ask(String(reply.headers.location))).status).toBe(200);
  });

  it('makes an id when none is given', async () => {
    const reply = await http.ask({ method: 'POST', url: '/v1/programs', payload: aProgramInput(undefined) });
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe(`/v1/programs/${reply.json.programId}`);
  });

  it('encodes the id in the location', async () => {
    const programId = anId('a:b~c');
    const reply = await http.ask({ method: 'POST', url: '/v1/programs', payload: aProgramInput(programId) });
    expect((await http.ask(String(reply.headers.location))).json).toMatchObject({ programId });
  });

  it('refuses an id that is taken', async () => {
    const payload = aProgramInput(anId());
    await http.ask({ method: 'POST', url: '/v1/programs', payload });
    const reply = await http.ask({ method: 'POST', url: '/v1/programs', payload });
    expect(reply).toMatchObject({ status: 409, json: { code: 'program-exists' } });
  });

  it('names every fault of the body', async () => {
    const payload = { title: '', category: 7, language: 'xx-', unknown: 1, viewCount: 2 ** 53 };
    const reply = await http.ask<{ errors: { path: string; in: string }[] }>({
      method: 'POST',
      url: '/v1/programs',
      payload,
    });
    expect(reply.status).toBe(400);
    const paths = reply.json.errors.map(({ path }) => path).sort();
    expect(paths).toEqual(['/category', '/contentType', '/language', '/title', '/unknown', '/viewCount']);
    expect(new Set(reply.json.errors.map((error) => error.in))).toEqual(new Set(['body']));
  });

  it('does not coerce a body', async () => {
    const payload = aProgramInput(anId(), { popularityScore: '7', title: 7 });
    expect((await http.ask({ method: 'POST', url: '/v1/programs', payload })).status).toBe(400);
  });
});

describe('GET /v1/programs/{programId}', () => {
  it('answers with a strong tag, how fresh it is, and where it came from', async () => {
    const programId = anId();
    await put(programId);
    const first = await http.ask(`/v1/programs/${programId}`);
    expect(first.headers).toMatchObject({
      etag: '"v1"',
      'cache-control': 'public, max-age=1',
      'x-mediamesh-source': 'catalog',
    });
    const second = await http.ask(`/v1/programs/${programId}`);
    expect(second.headers['x-mediamesh-source']).toBe('l1');
    expect(second.body).toBe(first.body);
  });

  it.each(['GET', 'HEAD'] as const)('answers %s with 304 when the tag is known', async (method) => {
    const programId = anId();
    await put(programId);
    const headers = { 'if-none-match': '"v9", W/"v1"' };
    for (const source of ['catalog', 'l1']) {
      const reply = await http.ask({ method, url: `/v1/programs/${programId}`, headers });
      expect(reply).toMatchObject({ status: 304, body: '' });
      expect(reply.headers).toMatchObject({ etag: '"v1"', 'x-mediamesh-source': source });
      expect(reply.headers['content-type']).toBeUndefined();
      expect(reply.headers['content-length']).not.toBe('0');
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const programId = anId();
    await put(programId);
    const get = await http.ask(`/v1/programs/${programId}`);
    const head = await http.ask({ method: 'HEAD', url: `/v1/programs/${programId}` });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.body)));
  });

  it('is 412 when If-Match names another version', async () => {
    const programId = anId();
    await put(programId);
    const reply = await http.ask({ url: `/v1/programs/${programId}`, headers: { 'if-match': '"v2"' } });
    expect(reply).toMatchObject({ status: 412, json: { code: 'version-conflict' } });
  });

  it.each(['if-match', 'if-none-match'])('refuses a malformed %s, kept in memory or not', async (name) => {
    const programId = anId();
    await put(programId);
    for (let round = 0; round < 2; round += 1) {
      const reply = await http.ask({ url: `/v1/programs/${programId}`, headers: { [name]: 'v1' } });
      expect(reply).toMatchObject({ status: 400, json: { code: 'malformed-header' } });
    }
  });

  it('is 404 for what is not there, kept nowhere', async () => {
    const programId = anId();
    expect(codeOf(await http.ask(`/v1/programs/${programId}`))).toBe('program-not-found');
    await put(programId);
    expect((await http.ask(`/v1/programs/${programId}`)).status).toBe(200);
  });

  it('shows a write through this instance at once', async () => {
    const programId = anId();
    for (let version = 1; version <= 20; version += 1) {
      await put(programId, { title: `Title ${version}` });
      expect((await http.ask(`/v1/programs/${programId}`)).json).toMatchObject({ version });
    }
  });
});

describe('PUT /v1/programs/{programId}', () => {
  it('creates, replaces, and changes nothing when nothing differs', async () => {
    const programId = anId();
    const created = await put(programId);
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: '"v1"', location: `/v1/programs/${programId}` },
    });
    expect(await put(programId, { title: 'Other' })).toMatchObject({
      status: 200,
      headers: { etag: '"v2"' },
    });
    expect(await put(programId, { title: 'Other' })).toMatchObject({
      status: 200,
      headers: { etag: '"v2"' },
    });
  });

  it('writes only over the version that If-Match names', async () => {
    const programId = anId();
    await put(programId);
    const stale = await put(programId, { title: 'Stale' }, { 'if-match': '"v7"' });
    expect(stale).toMatchObject({ status: 412, json: { code: 'version-conflict' } });
    expect((await http.ask(`/v1/programs/${programId}`)).json).toMatchObject({
      version: 1,
      title: 'The Third Man',
    });
    const fresh = await put(programId, { title: 'Fresh' }, { 'if-match': '"v7", "v1"' });
    expect(fresh).toMatchObject({ status: 200, json: { version: 2 } });
  });

  it('takes no weak tag for a match', async () => {
    const programId = anId();
    await put(programId);
    expect((await put(programId, { title: 'Weak' }, { 'if-match': 'W/"v1"' })).status).toBe(412);
  });

  it('asks for something to replace with If-Match: *', async () => {
    expect((await put(anId(), {}, { 'if-match': '*' })).status).toBe(412);
  });

  it('creates only with If-None-Match: *, once among many at a time', async () => {
    const programId = anId();
    const race = Array.from({ length: 20 }, (_, index) =>
      put(programId, { title: `Writer ${index}` }, { 'if-none-match': '*' }),
    );
    const statuses = (await Promise.all(race)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 412)]);
  });

  it('loses no update among writers that name the version they saw', async () => {
    const programId = anId();
    await put(programId);
    const [one, two] = await Promise.all([
      put(programId, { title: 'One' }, { 'if-match': '"v1"' }),
      put(programId, { title: 'Two' }, { 'if-match': '"v1"' }),
    ]);
    expect([one.status, two.status].sort()).toEqual([200, 412]);
  });

  it('refuses a body that names another program', async () => {
    const reply = await put(anId(), { programId: 'another' });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ path: '/programId' }] } });
  });
});

describe('PATCH /v1/programs/{programId}', () => {
  const patch = (programId: string, payload: string, headers: Record<string, string> = {}) =>
    http.ask({
      method: 'PATCH',
      url: `/v1/programs/${programId}`,
      headers: { 'content-type': 'application/merge-patch+json', ...headers },
      payload,
    });

  it('merges, empties with null, and leaves the rest', async () => {
    const programId = anId();
    await put(programId, { description: 'Old', metadata: { a: 1, b: { c: 2 } } });
    const reply = await patch(
      programId,
      '{"title":"New","description":null,"metadata":{"b":{"d":3},"a":null}}',
    );
    expect(reply).toMatchObject({ status: 200, headers: { etag: '"v2"' } });
    expect(reply.json).toMatchObject({ title: 'New', description: '', metadata: { b: { c: 2, d: 3 } } });
    expect(reply.json.metadata).not.toHaveProperty('a');
  });

  it('takes plain JSON as well', async () => {
    const programId = anId();
    await put(programId);
    expect((await patch(programId, '{"title":"N"}', { 'content-type': 'application/json' })).status).toBe(
      200,
    );
  });

  it('is 412 on a stale If-Match, 404 for what is not there, 400 for what is no patch', async () => {
    const programId = anId();
    await put(programId);
    expect((await patch(programId, '{"title":"N"}', { 'if-match': '"v4"' })).status).toBe(412);
    expect((await patch(anId(), '{"title":"N"}')).status).toBe(404);
    expect((await patch(programId, '[]')).status).toBe(400);
    expect((await patch(programId, '{"title":null}')).status).toBe(400);
    expect((await patch(programId, '{"titel":"N"}')).json).toMatchObject({ errors: [{ path: '/titel' }] });
  });

  it('is the only call that takes a merge patch', async () => {
    const reply = await http.ask({
      method: 'PUT',
      url: `/v1/programs/${anId()}`,
      headers: { 'content-type': 'application/merge-patch+json' },
      payload: JSON.stringify(aProgramInput(undefined)),
    });
    expect(reply).toMatchObject({ status: 415, json: { code: 'unsupported-media-type' } });
  });
});

describe('DELETE /v1/programs/{programId}', () => {
  it('deletes once, and a program written again goes on counting', async () => {
    const programId = anId();
    await put(programId);
    await http.ask(`/v1/programs/${programId}`);
    expect(await http.ask({ method: 'DELETE', url: `/v1/programs/${programId}` })).toMatchObject({
      status: 204,
    });
    expect((await http.ask(`/v1/programs/${programId}`)).status).toBe(404);
    expect((await http.ask({ method: 'DELETE', url: `/v1/programs/${programId}` })).status).toBe(404);
    expect((await put(programId)).json).toMatchObject({ version: 3 });
  });

  it('is 412 on a stale If-Match', async () => {
    const programId = anId();
    await put(programId);
    const headers = { 'if-match': '"v9"' };
    expect((await http.ask({ method: 'DELETE', url: `/v1/programs/${programId}`, headers })).status).toBe(
      412,
    );
    expect((await http.ask(`/v1/programs/${programId}`)).status).toBe(200);
  });

  it('does not mind a Content-Type without a body', async () => {
    const programId = anId();
    await put(programId);
    const headers = { 'content-type': 'application/json' };
    expect((await http.ask({ method: 'DELETE', url: `/v1/programs/${programId}`, headers })).status).toBe(
      204,
    );
  });
});
