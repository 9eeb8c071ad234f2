import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer, codeOf } from '../support/http.ts';

interface List {
  readonly items: readonly { readonly programId: string }[];
  readonly nextCursor: string | null;
}

const PROGRAMS = 25;
let http: TestServer;

beforeAll(async () => {
  http = await aServer();
  for (let index = 0; index < PROGRAMS; index += 1) {
    const payload = aProgramInput(`p${String(index).padStart(2, '0')}`, {
      title: `Title ${index % 7}`,
      category: index % 2 === 0 ? 'drama' : 'comedy',
      language: index % 5 === 0 ? 'pt-BR' : 'en',
      contentType: index % 3 === 0 ? 'series' : 'movie',
      tags: index % 4 === 0 ? ['classic'] : [],
      releaseDate: index === 24 ? null : `20${String(index).padStart(2, '0')}-05-01`,
      popularityScore: index % 10,
      viewCount: index % 3,
    });
    await http.ask({ method: 'POST', url: '/v1/programs', payload });
  }
});
afterAll(() => http.dispose());

const ids = (list: List) => list.items.map(({ programId }) => programId);

async function walk(path: string, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const { json } = await http.ask<List>(`${path}${query}`);
    seen.push(...ids(json));
    cursor = json.nextCursor;
  } while (cursor !== null);
  return seen;
}

describe('GET /v1/programs', () => {
  it.each(['-popularityScore', '-viewCount', '-releaseDate', 'title'])(
    'pages %s without gaps and duplicates',
    async (sort) => {
      const whole = ids((await http.ask<List>(`/v1/programs?sort=${sort}&limit=500`)).json);
      expect(whole).toHaveLength(PROGRAMS);
      for (const limit of [1, 4, 7]) expect(await walk(`/v1/programs?sort=${sort}`, limit)).toEqual(whole);
    },
  );

  it.each([
    ['category=drama', 13],
    ['language=PT-br', 5],
    ['contentType=series&category=drama', 5],
    ['tag=classic', 7],
    ['releasedAfter=2020-05-01&releasedBefore=2022-05-01', 3],
    ['category=nothing', 0],
  ])('filters by %s', async (query, count) => {
    expect(await walk(`/v1/programs?${query}`, 500)).toHaveLength(count);
  });

  it('says how fresh it is and where it came from', async () => {
    const { headers } = await http.ask('/v1/programs');
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=1', 'x-mediamesh-source': 'catalog' });
    expect(headers['server-timing']).toMatch(/^catalog;dur=\d+\.\d$/);
  });

  it('gives 50 when no limit is named', async () => {
    expect((await http.ask<List>('/v1/programs')).json.items).toHaveLength(PROGRAMS);
    expect(JSON.stringify(http.server.swagger())).toContain('50 when left out');
  });
});

const LISTS = [
  '/v1/programs',
  '/v1/discovery/popular',
  '/v1/discovery/new',
  '/v1/discovery/trending',
  '/v1/users/u/recently-viewed',
  '/v1/search/documents?category=drama',
  '/v1/search?q=title',
];
const MAXIMA: Readonly<Record<string, number>> = {
  '/v1/programs': 500,
  '/v1/discovery/popular': 1000,
  '/v1/discovery/new': 500,
  '/v1/discovery/trending': 1000,
  '/v1/discovery/trending/categories': 100,
  '/v1/users/u/recently-viewed': 200,
  '/v1/search/documents?category=drama': 500,
  '/v1/search?q=title': 100,
  '/v1/search/suggest?q=title': 50,
};

const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

describe.each(Object.entries(MAXIMA))('the limit of %s', (path, max) => {
  it('is taken up to its maximum', async () => {
    expect((await http.ask(withQuery(path, 'limit=1'))).status).toBe(200);
    expect((await http.ask(withQuery(path, `limit=${max}`))).status).toBe(200);
  });

  it('is refused beyond it by naming it, never cut down', async () => {
    const reply = await http.ask(withQuery(path, `limit=${max + 1}`));
    expect(reply).toMatchObject({ status: 400, json: { code: 'validation-failed' } });
    expect(reply.json.detail).toBe(`/limit must be at most ${max}`);
  });

  it.each([
    '0',
    '-1',
    '1.5',
    '1e2',
    '0x10',
    'ten',
    '',
    '%201',
    'NaN',
    'Infinity',
    '99999999999999999999',
    'null',
    'true',
  ])('is not %o', async (limit) => {
    const reply = await http.ask<{ errors: unknown[] }>(withQuery(path, `limit=${limit}`));
    expect(reply.status).toBe(400);
    expect(reply.json.errors).toEqual([expect.objectContaining({ path: '/limit', in: 'query' })]);
  });

  it('is given once', async () => {
    const reply = await http.ask(withQuery(path, 'limit=1&limit=2'));
    expect(reply.json.detail).toBe('/limit must be given once');
  });

  it('stands beside no parameter that is not known', async () => {
    const reply = await http.ask<{ errors: unknown[] }>(withQuery(path, 'limit=1&offset=3&page%5B%5D=4'));
    expect(reply.status).toBe(400);
    const message = expect.stringContaining('is not a parameter of this call; known: ');
    expect(reply.json.errors).toEqual([
      { path: '/offset', in: 'query', message },
      { path: '/page[]', in: 'query', message },
    ]);
  });
});

describe.each(LISTS)('a cursor of %s', (path) => {
  const forged = Buffer.from('["p01","p02"]').toString('base64url');
  it.each(['a', forged, 'A'.repeat(4096)])('is refused when it is %s', async (cursor) => {
    const reply = await http.ask(withQuery(path, `cursor=${cursor}`));
    expect(reply).toMatchObject({ status: 400, json: { code: 'invalid-cursor' } });
  });

  it.each(['', 'A'.repeat(4097), '%F0%9F%98%80', 'a%2Fb', 'a%00'])(
    'is refused by its form when it is %s',
    async (cursor) => {
      const reply = await http.ask(withQuery(path, `cursor=${cursor}`));
      expect(reply).toMatchObject({ status: 400, json: { code: 'validation-failed' } });
    },
  );
});

describe('a cursor of another list', () => {
  it('is refused', async () => {
    const { nextCursor } = (await http.ask<List>('/v1/programs?sort=title&limit=3')).json;
    expect((await http.ask(`/v1/programs?sort=title&limit=9&cursor=${nextCursor}`)).status).toBe(200);
    const others = [
      '/v1/programs?sort=-viewCount',
      '/v1/programs?sort=title&category=drama',
      '/v1/discovery/popular?',
      '/v1/discovery/new?',
    ];
    for (const path of others) {
      expect(codeOf(await http.ask(`${path}&cursor=${nextCursor}`))).toBe('invalid-cursor');
    }
  });
});
