import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aServer } from '../support/http.ts';

let http: TestServer;
beforeAll(async () => {
  http = await aServer();
});
afterAll(() => http.dispose());

const check = (payload: object) => http.ask({ method: 'POST', url: '/v1/rate-limits/check', payload });

describe('rate limits', () => {
  it.each(['fixed-window', 'sliding-window', 'token-bucket'])(
    'lets exactly the limit pass by %s',
    async (algorithm) => {
      const key = anId('limit');
      const replies = await Promise.all(
        Array.from({ length: 50 }, () => check({ key, limit: 7, windowSeconds: 86_400, algorithm })),
      );
      expect(replies.every(({ status }) => status === 200)).toBe(true);
      expect(replies.filter(({ json }) => json.allowed === true)).toHaveLength(7);
    },
  );

  it('have the stated defaults', async () => {
    const reply = await check({ key: anId('limit'), limit: 2 });
    expect(reply.json).toMatchObject({
      allowed: true,
      limit: 2,
      remaining: 1,
      retryAfterSeconds: 0,
      degraded: false,
    });
    const inAnHour = Date.now() / 1000 + 3600;
    expect(Number(reply.json.resetAt)).toBeLessThanOrEqual(Math.ceil(inAnHour));
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('are shown without taking, and forgotten', async () => {
    const key = anId('a key/with ü, 100 %');
    const url = `/v1/rate-limits/${encodeURIComponent(key)}`;
    await check({ key, limit: 1 });
    for (let round = 0; round < 2; round += 1) {
      expect((await http.ask(`${url}?limit=1`)).json).toMatchObject({ allowed: false, remaining: 0 });
    }
    expect((await http.ask({ method: 'DELETE', url })).status).toBe(204);
    expect((await http.ask(`${url}?limit=1`)).json).toMatchObject({ allowed: true, remaining: 1 });
  });

  it('say when a request can never pass', async () => {
    const reply = await check({ key: anId('limit'), limit: 1, cost: 2 });
    expect(reply.json).toMatchObject({ allowed: false, retryAfterSeconds: null });
  });

  it('take keys up to 2,048 characters, also in a path', async () => {
    const key = 'ü'.repeat(1000);
    expect((await http.ask(`/v1/rate-limits/${encodeURIComponent(key)}?limit=1`)).status).toBe(200);
    const reply = await http.ask(`/v1/rate-limits/${'x'.repeat(2049)}?limit=1`);
    expect(reply.json.detail).toBe('/key must have at most 2048 characters');
  });

  it.each([
    [{ limit: 1 }, '/key', 'is required'],
    [{ key: '', limit: 1 }, '/key', 'at least 1'],
    [{ key: 'k' }, '/limit', 'is required'],
    [{ key: 'k', limit: 0 }, '/limit', 'at least 1'],
    [{ key: 'k', limit: 1.5 }, '/limit', 'a whole number'],
    [{ key: 'k', limit: '5' }, '/limit', 'a whole number'],
    [{ key: 'k', limit: 2 ** 53 }, '/limit', 'at most 1000000000'],
    [{ key: 'k', limit: 1, windowSeconds: 0 }, '/windowSeconds', 'at least 0.1'],
    [{ key: 'k', limit: 1, windowSeconds: 1e9 }, '/windowSeconds', 'at most 2678400'],
    [{ key: 'k', limit: 1, algorithm: 'leaky' }, '/algorithm', 'one of fixed-window'],
    [{ key: 'k', limit: 1, cost: -1 }, '/cost', 'at least 1'],
    [{ key: 'k', limit: 1, burst: 3 }, '/burst', 'is not a field here'],
    [{ key: 'a\nb', limit: 1 }, '/key', 'must match'],
    [{ key: 'a\u0000b', limit: 1 }, '/key', 'NUL'],
    [{ key: '\ud800', limit: 1 }, '/key', 'surrogate'],
  ])('refuse %o', async (payload, path, message) => {
    const reply = await check(payload);
    expect(reply).toMatchObject({
      status: 400,
      json: { errors: [{ path, message: expect.stringContaining(message) }] },
    });
  });

  describe('of a batch', () => {
    const checkBatch = (payload: object) =>
      http.ask({ method: 'POST', url: '/v1/rate-limits/check-batch', payload });

    it('are answered in order, each by itself unless it is said', async () => {
      const [full, free] = [anId('limit'), anId('limit')];
      await check({ key: full, limit: 1 });
      const checks = [
        { key: free, limit: 5 },
        { key: full, limit: 1 },
      ];
      const reply = await checkBatch({ checks });
      expect(reply).toMatchObject({
        status: 200,
        json: {
          allowed: false,
          items: [
            { allowed: true, remaining: 4, degraded: false },
            { allowed: false, remaining: 0 },
          ],
        },
      });
      expect(reply.headers['cache-control']).toBe('no-store');
    });

    it('let exactly the smallest limit pass, all or nothing', async () => {
      const key = anId('limit');
      const checks = [
        { key, limit: 7, windowSeconds: 86_400 },
        { key, limit: 20, windowSeconds: 86_400, algorithm: 'sliding-window' },
      ];
      const replies = await Promise.all(
        Array.from({ length: 50 }, () => checkBatch({ checks, mode: 'all-or-nothing' })),
      );
      expect(replies.filter(({ json }) => json.allowed === true)).toHaveLength(7);
      const url = `/v1/rate-limits/${key}?limit=20&windowSeconds=86400&algorithm=sliding-window`;
      expect((await http.ask(url)).json).toMatchObject({ remaining: 13 });
    });

    it.each([
      [{}, '/checks', 'is required'],
      [{ checks: [] }, '/checks', 'at least 1'],
      [{ checks: Array.from({ length: 101 }, () => ({ key: 'k', limit: 1 })) }, '/checks', 'at most 100'],
      [{ checks: [{ key: 'k', limit: 1 }, { key: 'k' }] }, '/checks/1/limit', 'is required'],
      [{ checks: [{ key: 'k', limit: 1 }], mode: 'some' }, '/mode', 'one of each, all-or-nothing'],
      [
        {
          checks: [
            { key: 'k', limit: 1 },
            { key: 'k', limit: 2 },
          ],
          mode: 'all-or-nothing',
        },
        '/checks/1',
        'must differ',
      ],
    ])('refuse %o', async (payload, path, message) => {
      expect(await checkBatch(payload)).toMatchObject({
        status: 400,
        json: { errors: [{ path, message: expect.stringContaining(message) }] },
      });
    });
  });
});
