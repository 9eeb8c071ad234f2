import { afterEach, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer, TestServerOptions } from '../support/http.ts';
import { aServer } from '../support/http.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
});

/** A service with these policies, on counters in memory. */
async function limited(policies: string, env: Record<string, string> = {}, options: TestServerOptions = {}) {
  const server = await aServer({ ...options, env: { RATE_LIMIT_POLICIES: policies, ...env } });
  servers.push(server);
  return server;
}

const popular = '/v1/discovery/popular';

describe('the limits of the API', () => {
  it('are told with every answer, counting down', async () => {
    const http = await limited('burst=10/m:token-bucket,daily=1000/d:sliding-window');
    const first = await http.ask(popular);
    expect(first.headers['ratelimit-policy']).toBe('"burst";q=10;w=60, "daily";q=1000;w=86400');
    expect(first.headers.ratelimit).toMatch(/^"burst";r=9;t=6, "daily";r=999;t=\d+$/);
    const second = await http.ask(popular);
    expect(second.headers.ratelimit).toMatch(/^"burst";r=8;t=12, "daily";r=998;t=\d+$/);
  });

  it('answer a registered problem when one is reached, with when to come again', async () => {
    const http = await limited('hourly=2/h,daily=100/d');
    await http.ask(popular);
    await http.ask(popular);
    const refused = await http.ask(popular);
    expect(refused.status).toBe(429);
    expect(refused.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(refused.headers['cache-control']).toBe('no-store');
    expect(refused.json).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      status: 429,
      code: 'quota-exceeded',
      'violated-policies': ['hourly'],
    });
    const wait = Number(/"hourly";r=0;t=(\d+)/.exec(String(refused.headers.ratelimit))?.[1]);
    expect(wait).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(wait);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(Math.ceil(wait * 1.1) + 1);
    // Nothing was taken from the other, and when that is whole again is later than Retry-After.
    expect(refused.headers.ratelimit).toMatch(/, "daily";r=98$/);
  });

  it('hold for unknown addresses, wrong methods and bad requests', async () => {
    const http = await limited('hourly=4/h');
    expect((await http.ask('/no/such/thing')).status).toBe(404);
    expect((await http.ask({ method: 'PUT', url: popular })).status).toBe(405);
    expect((await http.ask('/v1/discovery/popular?limit=none')).status).toBe(400);
    expect((await http.ask({ method: 'POST', url: '/v1/programs/import-me' })).status).toBe(405);
    // No call of the document has the address: it is asked past the conformance check.
    expect((await http.server.inject('/no/such/thing')).statusCode).toBe(429);
  });

  it('hold for addresses that can not be decoded, for each client behind a proxy', async () => {
    const http = await limited('hourly=2/h', { TRUSTED_PROXIES: '10.0.0.0/8' });
    const by = (client: string, url: string) =>
      http.server.inject({ url, remoteAddress: '10.0.0.1', headers: { 'x-forwarded-for': client } });
    const malformed = await by('192.0.2.1', '/%zz?q=1');
    expect(malformed.json()).toMatchObject({ code: 'malformed-url', instance: '/%zz' });
    expect(malformed.headers).toMatchObject({
      ratelimit: expect.stringMatching('"hourly";r=1'),
      'x-content-type-options': 'nosniff',
    });
    expect((await by('192.0.2.1', '/v1/programs/%E0%A4%A')).statusCode).toBe(400);
    const refused = await by('192.0.2.1', '/%zz');
    expect([refused.statusCode, refused.json().instance]).toEqual([429, '/%zz']);
    expect((await by('192.0.2.1', popular)).statusCode).toBe(429);
    expect((await by('192.0.2.2', '/%zz')).statusCode).toBe(400);
  });

  it('say nothing to those who watch the service', async () => {
    const http = await limited('hourly=1/h');
    await http.ask(popular);
    for (const url of ['/health/live', '/health/ready', '/metrics']) {
      const reply = await http.ask(url);
      expect(reply.status).toBe(200);
      expect(reply.headers.ratelimit).toBeUndefined();
    }
    expect((await http.ask(popular)).status).toBe(429);
  });

  it('are told anew with an answer that is kept ready', async () => {
    const http = await limited('hourly=100/h', {}, { freshMs: 60_000 });
    const answers = [await http.ask(popular), await http.ask(popular), await http.ask(popular)];
    expect(answers.map(({ headers }) => headers['x-mediamesh-source'])).toEqual(['catalog', 'l1', 'l1']);
    expect(answers.map(({ headers }) => /r=(\d+)/.exec(String(headers.ratelimit))?.[1])).toEqual([
      '99',
      '98',
      '97',
    ]);
    const etag = String(answers[0]?.headers.etag);
    const same = await http.ask({ url: popular, headers: { 'if-none-match': etag } });
    expect([same.status, same.headers.ratelimit]).toEqual([304, expect.stringMatching('r=96')]);
  });

  it('of one route are for that route', async () => {
    const http = await limited('all=10/h,search=1/m:routes=search');
    const search = '/v1/search?q=star';
    const first = await http.ask(search);
    expect(first.headers['ratelimit-policy']).toBe('"all";q=10;w=3600, "search";q=1;w=60');
    expect((await http.ask(search)).json).toMatchObject({ 'violated-policies': ['search'] });
    const other = await http.ask(popular);
    expect(other.headers['ratelimit-policy']).toBe('"all";q=10;w=3600');
    expect(other.headers.ratelimit).toMatch('"all";r=8');
  });

  it('refuse to start for a route that is not there', async () => {
    await expect(limited('search=1/m:routes=serchPrograms')).rejects.toThrow(
      'the rate-limit policy search is for serchPrograms, which is the operationId of no route',
    );
  });

  it('refuse to start for a route that is not counted', async () => {
    await expect(limited('probe=1/m:routes=getLiveness')).rejects.toThrow(
      'the rate-limit policy probe is for getLiveness, whose calls are not counted',
    );
  });

  it('in shadow mode count and let pass, and tell nothing', async () => {
    const http = await limited('hourly=1/h', { RATE_LIMIT_MODE: 'shadow' });
    for (let call = 0; call < 3; call += 1) {
      const reply = await http.ask(popular);
      expect([reply.status, reply.headers.ratelimit]).toEqual([200, undefined]);
    }
    const metrics = (await http.ask('/metrics')).body;
    expect(metrics).toContain(
      'mediamesh_rate_limit_decisions_total{policy="hourly",outcome="shadow-denied",decided_by="store"} 2',
    );
  });

  it('may be told by the older fields', async () => {
    const legacy = await limited('burst=10/m,hourly=5/h', { RATE_LIMIT_FIELDS: 'legacy' });
    const { headers } = await legacy.ask(popular);
    expect(headers).toMatchObject({ 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '4' });
    expect(Number(headers['x-ratelimit-reset'])).toBeGreaterThan(0);
    expect(headers.ratelimit).toBeUndefined();
    const both = await limited('hourly=5/h', { RATE_LIMIT_FIELDS: 'both' });
    expect((await both.ask(popular)).headers).toMatchObject({
      ratelimit: expect.any(String),
      'x-ratelimit-limit': '5',
    });
    const none = await limited('hourly=5/h', { RATE_LIMIT_FIELDS: 'none' });
    expect(Object.keys((await none.ask(popular)).headers).join()).not.toContain('ratelimit');
  });

  it('are no business of the rate limits as a service', async () => {
    const http = await limited('hourly=3/h');
    const key = anId('key');
    const body = { method: 'POST', url: '/v1/rate-limits/check', payload: { key, limit: 1 } } as const;
    expect((await http.ask(body)).json).toMatchObject({ allowed: true, decidedBy: 'store' });
    expect((await http.ask(body)).json).toMatchObject({ allowed: false });
    expect((await http.ask({ method: 'DELETE', url: '/v1/rate-limits/address%3A127.0.0.1' })).status).toBe(
      204,
    );
    expect((await http.ask(body)).status).toBe(429);
  });
});

describe('a client', () => {
  const from = (remoteAddress: string, headers: Record<string, string> = {}) => ({
    url: popular,
    remoteAddress,
    headers,
  });

  it('is an IPv4 address, or the /64 of an IPv6 address', async () => {
    const http = await limited('hourly=1/h');
    expect((await http.ask(from('192.0.2.1'))).status).toBe(200);
    expect((await http.ask(from('192.0.2.2'))).status).toBe(200);
    expect((await http.ask(from('::ffff:192.0.2.1'))).status).toBe(429);
    expect((await http.ask(from('2001:db8:1:2::1'))).status).toBe(200);
    expect((await http.ask(from('2001:db8:1:2:ffff::9'))).status).toBe(429);
    expect((await http.ask(from('2001:db8:1:3::1'))).status).toBe(200);
  });

  it('may be a larger IPv6 network', async () => {
    const http = await limited('hourly=1/h', { RATE_LIMIT_IPV6_PREFIX: '56' });
    expect((await http.ask(from('2001:db8:1:200::1'))).status).toBe(200);
    expect((await http.ask(from('2001:db8:1:2ff::1'))).status).toBe(429);
    expect((await http.ask(from('2001:db8:1:300::1'))).status).toBe(200);
  });

  it('is told by a proxy that is trusted, and by no other', async () => {
    const http = await limited('hourly=1/h', { TRUSTED_PROXIES: '10.0.0.0/8' });
    const by = (proxy: string, client: string) => http.ask(from(proxy, { 'x-forwarded-for': client }));
    expect((await by('10.0.0.1', '192.0.2.1')).status).toBe(200);
    expect((await by('10.9.9.9', '192.0.2.1')).status).toBe(429);
    expect((await by('10.0.0.1', '192.0.2.2')).status).toBe(200);
    expect((await by('203.0.113.5', '192.0.2.3')).status).toBe(200);
    expect((await by('203.0.113.5', '192.0.2.4')).status).toBe(429);
    // What a client writes into the field itself stands before what the proxy saw.
    expect((await by('10.0.0.1', '198.51.100.1, 192.0.2.1')).status).toBe(429);
  });

  it('is the same over each connection of a proxy that tells ports', async () => {
    const http = await limited('hourly=1/h', { TRUSTED_PROXIES: '10.0.0.0/8' });
    const by = (forwarded: string) => http.ask(from('10.0.0.1', { 'x-forwarded-for': forwarded }));
    expect((await by('203.0.113.7:50001')).status).toBe(200);
    expect((await by('203.0.113.7:50002')).status).toBe(429);
    expect((await by('203.0.113.7, 10.0.0.2:8443')).status).toBe(429);
    expect((await by('[2001:db8::1]:443')).status).toBe(200);
    expect((await by('[2001:db8::1]:444')).status).toBe(429);
    expect((await by('garbage one')).status).toBe(200);
    expect((await by('garbage two')).status).toBe(429);
  });

  it('is the API key where keys are checked, wherever it comes from', async () => {
    const http = await limited('hourly=1/h', { AUTH: 'proxy', RATE_LIMIT_IDENTITY: 'api-key' });
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    expect((await http.ask(from('192.0.2.1', bearer('one')))).status).toBe(200);
    expect((await http.ask(from('192.0.2.2', bearer('one')))).status).toBe(429);
    expect((await http.ask(from('192.0.2.2', bearer('other')))).status).toBe(200);
    expect((await http.ask(from('192.0.2.2'))).status).toBe(200);
    expect((await http.ask(from('192.0.2.2', { authorization: 'Basic eDp5' }))).status).toBe(429);
  });

  it('is its address where nobody checks keys: a new key is no new client', async () => {
    const http = await limited('hourly=1/h');
    expect((await http.ask(from('192.0.2.1', { authorization: 'Bearer one' }))).status).toBe(200);
    expect((await http.ask(from('192.0.2.1', { authorization: 'Bearer two' }))).status).toBe(429);
  });

  it('may be exempt by address or key', async () => {
    const http = await limited('hourly=1/h', {
      AUTH: 'proxy',
      RATE_LIMIT_IDENTITY: 'api-key',
      RATE_LIMIT_EXEMPT: '::ffff:10.0.0.0/104, ::1',
      RATE_LIMIT_EXEMPT_KEYS: 'probe,monitor',
    });
    for (let call = 0; call < 3; call += 1) {
      for (const request of [
        from('10.1.2.3'),
        from('::1'),
        from('192.0.2.1', { authorization: 'Bearer monitor' }),
      ]) {
        const reply = await http.ask(request);
        expect([reply.status, reply.headers.ratelimit]).toEqual([200, undefined]);
      }
    }
    await http.ask(from('192.0.2.9'));
    expect((await http.ask(from('192.0.2.9'))).status).toBe(429);
  });
});
