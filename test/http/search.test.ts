import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer, codeOf } from '../support/http.ts';

interface Found {
  readonly items: readonly { readonly contentId: string }[];
  readonly nextCursor: string | null;
  readonly queryId: string;
}

let http: TestServer;
beforeAll(async () => {
  http = await aServer();
});
afterAll(() => http.dispose());

const aDocument = (overrides: object = {}) => ({
  type: 'article',
  title: 'The making of The Third Man',
  category: 'Behind the scenes',
  language: 'en',
  ...overrides,
});
const put = (contentId: string, overrides: object = {}) =>
  http.ask({ method: 'PUT', url: `/v1/search/documents/${contentId}`, payload: aDocument(overrides) });

describe('search documents', () => {
  it('are created, replaced, read and deleted', async () => {
    const contentId = anId('doc');
    const url = `/v1/search/documents/${contentId}`;
    expect(await put(contentId)).toMatchObject({
      status: 201,
      headers: { location: url },
      json: { source: 'document' },
    });
    expect(await put(contentId, { title: 'Other' })).toMatchObject({ status: 200, json: { title: 'Other' } });
    expect((await http.ask(url)).json).toMatchObject({
      contentId,
      title: 'Other',
      tags: [],
      description: '',
    });
    expect((await http.ask({ method: 'DELETE', url })).status).toBe(204);
    expect(codeOf(await http.ask(url))).toBe('document-not-found');
    expect(codeOf(await http.ask({ method: 'DELETE', url }))).toBe('document-not-found');
  });

  it('refuse what breaks a rule, by field', async () => {
    const reply = await put(anId('doc'), { title: '', type: 'X', more: 1 });
    expect(reply.status).toBe(400);
    const errors = reply.json.errors as { path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(['/more', '/title', '/type']);
  });

  it('of programs are the programs’ own', async () => {
    const programId = anId();
    await http.ask({ method: 'POST', url: '/v1/programs', payload: aProgramInput(programId) });
    const { searchRelay } = http.cradle;
    searchRelay.start();
    await expect
      .poll(async () => (await http.server.inject(`/v1/search/documents/${programId}`)).statusCode)
      .toBe(200);
    expect(codeOf(await put(programId))).toBe('document-owned-by-program');
    const url = `/v1/search/documents/${programId}`;
    expect(codeOf(await http.ask({ method: 'DELETE', url }))).toBe('document-owned-by-program');
  });

  it('in a batch are written one by one', async () => {
    const [first, second] = [anId('doc'), anId('doc')];
    await put(second);
    const documents = [aDocument({ contentId: first }), aDocument({ contentId: second }), aDocument(), 7];
    const reply = await http.ask<{ items: object[] }>({
      method: 'POST',
      url: '/v1/search/documents/batch',
      payload: { documents },
    });
    expect(reply.json.items).toMatchObject([
      { outcome: 'created', contentId: first, document: { contentId: first } },
      { outcome: 'updated', contentId: second },
      { outcome: 'rejected', contentId: null, errors: [{ path: '/contentId' }] },
      { outcome: 'rejected', contentId: null },
    ]);
  });

  it('in a batch are 1 to 100', async () => {
    const send = (count: number) =>
      http.ask({
        method: 'POST',
        url: '/v1/search/documents/batch',
        payload: { documents: Array.from({ length: count }, () => ({})) },
      });
    expect((await send(0)).status).toBe(400);
    expect((await send(100)).status).toBe(200);
    expect((await send(101)).json).toMatchObject({ detail: '/documents must have at most 100 items' });
  });

  it('are looked up by at least one filter, in pages', async () => {
    const category = anId('category');
    const made = [anId('doc'), anId('doc'), anId('doc')].sort();
    for (const contentId of made) await put(contentId, { category });
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { items: { contentId: string }[]; nextCursor: string | null } = (
        await http.ask<never>(
          `/v1/search/documents?category=${category}&limit=2${cursor && `&cursor=${cursor}`}`,
        )
      ).json;
      seen.push(...page.items.map(({ contentId }) => contentId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(made);
    expect((await http.ask('/v1/search/documents?limit=5')).json.detail).toContain('at least one of');
  });
});

describe('GET /v1/search', () => {
  it('finds, counts, highlights and names the query', async () => {
    const word = `z${anId('').replaceAll('-', '')}`.slice(0, 20);
    await put(anId('doc'), { title: `About ${word}`, category: 'Essays' });
    const reply = await http.ask(`/v1/search?q=${word}&facets=category,language&highlight=true`);
    expect(reply.json).toMatchObject({ total: 1, nextCursor: null, items: [{ title: `About ${word}` }] });
    expect(reply.json.queryId).toBeTypeOf('string');
    expect(Object.keys(reply.json.facets as object).sort()).toEqual(['category', 'language']);
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('pages in the order of its first page', async () => {
    const word = `y${anId('').replaceAll('-', '')}`.slice(0, 20);
    for (let index = 0; index < 5; index += 1) await put(anId('doc'), { title: `${word} number ${index}` });
    const seen: string[] = [];
    const queries = new Set<unknown>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/v1/search?q=${word}&limit=2${cursor && `&cursor=${cursor}`}`;
      const { json } = await http.ask<Found>(url);
      seen.push(...json.items.map(({ contentId }) => contentId));
      queries.add(json.queryId);
      cursor = json.nextCursor;
    }
    expect(new Set(seen).size).toBe(5);
    expect(queries.size).toBe(1);
  });

  it.each([
    ['', '/q'],
    ['q=', '/q'],
    ['q=%20%20', '/q'],
    [`q=${'x'.repeat(201)}`, '/q'],
    ['q=a%00b', '/q'],
    ['q=a&facets=color', '/facets'],
    ['q=a&facets=category,,', '/facets'],
    ['q=a&sort=newest', '/sort'],
    ['q=a&highlight=yes', '/highlight'],
    ['q=a&category=', '/category'],
  ])('refuses ?%s', async (query, path) => {
    const reply = await http.ask<{ errors: { path: string }[] }>(`/v1/search?${query}`);
    expect(reply.status).toBe(400);
    expect(new Set(reply.json.errors.map((error) => error.path))).toEqual(new Set([path]));
  });

  it.each([
    "'; DROP TABLE programs; --",
    '%_%',
    '\\',
    'a & | ! <-> (',
    '"unclosed',
    ':*',
    '😀',
    'ﬁ',
    '\u202e',
  ])('takes %s for text', async (text) => {
    expect((await http.ask(`/v1/search?q=${encodeURIComponent(text)}`)).status).toBe(200);
    expect((await http.ask(`/v1/search/suggest?q=${encodeURIComponent(text)}`)).status).toBe(200);
  });
});

describe('GET /v1/search/suggest', () => {
  it('continues what was typed', async () => {
    const word = `x${anId('').replaceAll('-', '')}`.slice(0, 20);
    await put(anId('doc'), { title: `${word} Story` });
    const reply = await http.ask<{ items: { title: string }[] }>(
      `/v1/search/suggest?q=${word.slice(0, 12)}&limit=5`,
    );
    expect(reply.json.items.map(({ title }) => title)).toContain(`${word} Story`);
    expect(reply.headers['cache-control']).toBe('public, max-age=1');
  });
});
