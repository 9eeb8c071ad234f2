import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';

let http: TestServer;
beforeAll(async () => {
  http = await aServer();
});
afterAll(() => http.dispose());

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (payload: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
  http.ask({ method: 'POST', url: '/v1/programs', headers, payload });

describe('a body', () => {
  it.each([
    ['an unfinished one', '{"title":', 'malformed-json'],
    ['an empty one', '', 'malformed-json'],
    [
      'one that is not UTF-8',
      Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
      'malformed-json',
    ],
    ['__proto__', '{"__proto__":{"admin":true}}', 'validation-failed'],
    ['a constructor', '{"constructor":{"prototype":{"admin":true}}}', 'validation-failed'],
    ['NUL in a text', JSON.stringify(aProgramInput('p', { title: 'a\0b' })), 'validation-failed'],
    ['a lone surrogate', '{"title":"\\ud83d"}', 'validation-failed'],
    ['a deep one', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'validation-failed'],
    ['a number that is no number', '{"viewCount":1e999}', 'validation-failed'],
    ['null', 'null', 'validation-failed'],
    ['an array', '[]', 'validation-failed'],
    ['a text', '"x"', 'validation-failed'],
  ])('is refused: %s', async (_name, payload, code) => {
    expect(await post(payload)).toMatchObject({ status: 400, json: { code } });
  });

  it.each([
    [{ viewCount: 2 ** 53 }, '/viewCount'],
    [{ viewCount: -1 }, '/viewCount'],
    [{ popularityScore: 1e13 }, '/popularityScore'],
    [{ metadata: { views: 2 ** 53 } }, '/metadata'],
    [{ metadata: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } } }, '/metadata'],
    [{ metadata: { text: 'x'.repeat(17_000) } }, '/metadata'],
    [{ releaseDate: '2023-02-29' }, '/releaseDate'],
    [{ releaseDate: '0000-01-01' }, '/releaseDate'],
    [{ releaseDate: '12345-01-01' }, '/releaseDate'],
    [{ title: 'a\u0007b' }, '/title'],
    [{ title: 'x'.repeat(501) }, '/title'],
    [{ tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }, '/tags'],
    [{ thumbnailUrl: 'javascript:alert(1)' }, '/thumbnailUrl'],
    [{ programId: 'a/b' }, '/programId'],
    [{ programId: '../etc' }, '/programId'],
    [{ version: 3 }, '/version'],
    [{ createdAt: '2020-01-01T00:00:00Z' }, '/createdAt'],
  ])('is refused, by field: %o', async (overrides, path) => {
    const programId = anId();
    const reply = await post(JSON.stringify(aProgramInput(programId, overrides)));
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ path }] } });
    expect((await http.ask(`/v1/programs/${programId}`)).status).toBe(404);
  });

  it('is taken at every limit at once', async () => {
    const everything = aProgramInput(anId(), {
      title: 'é'.repeat(500),
      description: '\u{10ffff}'.repeat(5000),
      tags: Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(64, 'ü')),
      thumbnailUrl: `https://example.com/${'x'.repeat(2028)}`,
      metadata: { text: 'x'.repeat(16_000) },
      releaseDate: '9999-12-31',
      viewCount: Number.MAX_SAFE_INTEGER,
      popularityScore: 1e12,
    });
    // Escaped, as some clients write: six bytes for each unit of text.
    const escaped = JSON.stringify(everything).replace(
      /[^\x20-\x7e]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    expect((await post(escaped)).status).toBe(201);
  });

  it('that is too large is refused by naming the limit', async () => {
    const reply = await post(JSON.stringify(aProgramInput('p', { description: 'x'.repeat(300_000) })));
    expect(reply).toMatchObject({ status: 413, json: { code: 'body-too-large' } });
    expect(reply.json.detail).toContain('262144');
  });

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/x-ndjson' }],
    [{ 'content-type': 'not a type' }],
    [{ 'content-type': 'application/json; charset=latin1' }],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    [{ 'content-type': 'application/json', 'content-encoding': 'br' }],
  ])('of another type is refused: %o', async (headers) => {
    const reply = await post(JSON.stringify(aProgramInput('p')), headers as Record<string, string>);
    expect(reply).toMatchObject({ status: 415, json: { code: 'unsupported-media-type' } });
  });

  it.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])(
    'of type %s is taken',
    async (type) => {
      expect((await post(JSON.stringify(aProgramInput(anId())), { 'content-type': type })).status).toBe(201);
    },
  );

  it('that is missing is asked for', async () => {
    const reply = await http.ask({ method: 'POST', url: '/v1/programs' });
    expect(reply).toMatchObject({ status: 400, json: { code: 'validation-failed' } });
    expect(reply.json.detail).toContain('takes a body');
  });
});

describe('an address', () => {
  it.each([
    '/v1/programs/%',
    '/v1/programs/%zz',
    '/v1/programs/%c3%28',
    '/v1/programs/%ed%a0%80',
    '/v1/programs?category=%',
    '/v1/programs?%c3%28=1',
    '/v1/search?q=%ff',
  ])('that can not be decoded is refused: %s', async (url) => {
    expect(await http.ask(url)).toMatchObject({ status: 400, json: { code: 'malformed-url' } });
  });

  it.each(['a%2Fb', 'a%00', 'a%20b', '-a', 'x'.repeat(101), '%F0%9F%98%80', 'a%0d%0aset-cookie:x'])(
    'with the program id %s is refused, naming it',
    async (id) => {
      for (const method of ['GET', 'DELETE'] as const) {
        const reply = await http.ask({ method, url: `/v1/programs/${id}` });
        expect(reply).toMatchObject({ status: 400, json: { code: 'validation-failed' } });
        expect(reply.json.errors).toContainEqual(expect.objectContaining({ path: '/programId', in: 'path' }));
      }
    },
  );

  it.each([
    'category=a%00b',
    'category=%0a',
    `category=${'x'.repeat(65)}`,
    'tag=',
    'contentType=Movie',
    'language=english-language-of-england-and-more',
    'releasedAfter=2023-02-29',
    'releasedBefore=tomorrow',
    'sort=popularityScore',
    '__proto__=1',
    'constructor=1',
    'category=a&category=b',
    'category[]=a',
  ])('with the query %s is refused', async (query) => {
    const reply = await http.ask(`/v1/programs?${query}`);
    expect(reply).toMatchObject({ status: 400, json: { code: 'validation-failed' } });
  });

  it('with hundreds of wrong parameters is told the first of them', async () => {
    const query = Array.from({ length: 500 }, (_, index) => `x${index}=1`).join('&');
    const reply = await http.ask<{ errors: unknown[] }>(`/v1/programs?${query}`);
    expect(reply.json.errors).toHaveLength(20);
    expect(reply.body.length).toBeLessThan(10_000);
  });

  it('is not made longer in its problem than it needs', async () => {
    const reply = await http.ask(`/v1/${'x'.repeat(10_000)}`);
    expect(reply.status).toBe(404);
    expect(reply.body.length).toBeLessThan(3000);
  });
});

describe('a prototype', () => {
  it('is as it was after all of this', () => {
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});
