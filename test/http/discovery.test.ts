import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer, codeOf } from '../support/http.ts';

interface List {
  readonly items: readonly { readonly programId: string; readonly title: string; readonly score?: number }[];
  readonly nextCursor: string | null;
}

// Drives the memory of answers only: the use cases have the machine's clock.
const clock = createFakeClock();
let http: TestServer;
beforeAll(async () => {
  http = await aServer({ clock });
});
afterAll(() => http.dispose());
beforeEach(() => clock.advance(10_000));

const create = (overrides: object = {}) =>
  http.ask({ method: 'POST', url: '/v1/programs', payload: aProgramInput(anId(), overrides) });
const view = (programId: unknown) =>
  http.ask({ method: 'POST', url: `/v1/programs/${String(programId)}/views`, payload: {} });

const LISTS = [
  '/v1/discovery/popular',
  '/v1/discovery/trending',
  '/v1/discovery/trending/categories',
  '/v1/discovery/new',
  '/v1/discovery/categories',
];

describe.each(LISTS)('GET %s', (path) => {
  it('is answered from memory for a second', async () => {
    const first = await http.ask(path);
    expect(first.headers).toMatchObject({
      'x-mediamesh-source': 'catalog',
      'cache-control': 'public, max-age=1',
    });
    const second = await http.ask(path);
    expect(second.headers).toMatchObject({ 'x-mediamesh-source': 'l1', etag: first.headers.etag });
    expect(second.body).toBe(first.body);
    clock.advance(1000);
    expect((await http.ask(path)).headers['x-mediamesh-source']).toBe('catalog');
  });

  it('is 304 when the tag is known, and 412 when If-Match names another', async () => {
    const { etag } = (await http.ask(path)).headers;
    const headers = { 'if-none-match': String(etag) };
    expect(await http.ask({ url: path, headers })).toMatchObject({ status: 304, body: '' });
    expect((await http.ask({ url: path, headers: { 'if-match': '"other"' } })).status).toBe(412);
  });

  it('shows a write through this instance at once', async () => {
    await http.ask(path);
    await create({ category: anId('category'), releaseDate: '2020-01-01', popularityScore: 1 });
    expect((await http.ask(path)).headers['x-mediamesh-source']).toBe('catalog');
  });

  it('answers HEAD as GET, without the body', async () => {
    const get = await http.ask(path);
    const head = await http.ask({ method: 'HEAD', url: path });
    expect(head.headers).toMatchObject({
      etag: get.headers.etag,
      'content-length': String(Buffer.byteLength(get.body)),
    });
  });
});

describe('GET /v1/discovery/popular', () => {
  it('is in exact order, by category and language', async () => {
    const category = anId('category');
    const scores = [3, 9, 1, 9, 4];
    for (const [index, popularityScore] of scores.entries()) {
      await create({
        category,
        popularityScore,
        language: index === 4 ? 'de' : 'en',
        title: `${popularityScore}`,
      });
    }
    const titles = async (query: string) =>
      (await http.ask<List>(`/v1/discovery/popular?category=${category}${query}`)).json.items.map(
        ({ title }) => title,
      );
    expect(await titles('')).toEqual(['9', '9', '4', '3', '1']);
    expect(await titles('&language=EN')).toEqual(['9', '9', '3', '1']);
  });

  it('follows the order of its first page while scores change', async () => {
    const category = anId('category');
    const made: unknown[] = [];
    for (let score = 10; score > 0; score -= 1) {
      made.push((await create({ category, popularityScore: score })).json.programId);
    }
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { json } = await http.ask<List>(`/v1/discovery/popular?category=${category}&limit=3${query}`);
      seen.push(...json.items.map(({ programId }) => programId));
      cursor = json.nextCursor;
      const payload = { popularityScore: 1000 + seen.length };
      await http.ask({ method: 'PATCH', url: `/v1/programs/${String(made.at(-1))}`, payload });
    } while (cursor !== null);
    expect(seen).toEqual(made);
  });

  it('refuses a cursor whose list is over', async () => {
    await create({ popularityScore: 1 });
    await create({ popularityScore: 1 });
    const { nextCursor } = (await http.ask<List>('/v1/discovery/popular?limit=1')).json;
    const expired = await aServer();
    expect(codeOf(await expired.ask(`/v1/discovery/popular?limit=1&cursor=${nextCursor}`))).toBe(
      'cursor-expired',
    );
    await expired.dispose();
  });
});

describe('GET /v1/discovery/trending', () => {
  it('ranks by views, each program with its score', async () => {
    const category = anId('category');
    const [once, twice] = [
      (await create({ category })).json.programId,
      (await create({ category })).json.programId,
    ];
    await create({ category, title: 'never viewed' });
    for (const programId of [once, twice, twice]) await view(programId);
    clock.advance(1000);
    const { json } = await http.ask<List>(
      `/v1/discovery/trending?category=${category}&window=1h&mode=volume`,
    );
    expect(json.items.map(({ programId }) => programId)).toEqual([twice, once]);
    expect(json.items[0]?.score).toBeCloseTo(2, 1);
  });

  it.each(['window=2h', 'window=', 'mode=rising', 'contentType=Movie', 'language=e'])(
    'refuses %s',
    async (query) => {
      const reply = await http.ask(`/v1/discovery/trending?${query}`);
      expect(reply).toMatchObject({ status: 400, json: { code: 'validation-failed' } });
    },
  );
});

describe('GET /v1/discovery/new', () => {
  it('shows what is out, newest first', async () => {
    const category = anId('category');
    for (const releaseDate of ['2001-01-01', '2020-02-02', '2999-01-01', null, '1950-05-05']) {
      await create({ category, releaseDate, title: releaseDate ?? 'unknown' });
    }
    const { json } = await http.ask<List>(`/v1/discovery/new?category=${category}`);
    expect(json.items.map(({ title }) => title)).toEqual(['2020-02-02', '2001-01-01', '1950-05-05']);
  });
});
