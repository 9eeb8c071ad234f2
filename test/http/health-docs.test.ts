import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../src/http/problem-kinds.ts';
import type { TestServer } from '../support/http.ts';
import { aServer } from '../support/http.ts';

let http: TestServer;
beforeAll(async () => {
  http = await aServer();
});
afterAll(() => http.dispose());

describe('health', () => {
  it('is live without asking a store', async () => {
    const dead = await aServer({ readiness: { check: () => new Promise(() => undefined) } });
    expect((await dead.ask('/health/live')).json).toEqual({ status: 'live' });
    await dead.dispose();
  });

  it('is ready when the stores answer', async () => {
    const reply = await http.ask('/health/ready');
    expect(reply).toMatchObject({ status: 200, json: { status: 'ready', phase: 'off' } });
    expect(Object.keys(reply.json.checks as object)).toEqual([
      'catalog',
      'hotPrograms',
      'searchIndex',
      'counters',
    ]);
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['degraded', 200],
    ['unavailable', 503],
  ] as const)('that is %s is a %d', async (status, expected) => {
    const state = await http.cradle.readiness.check();
    const other = await aServer({ readiness: { check: async () => ({ ...state, status }) } });
    expect(await other.ask('/health/ready')).toMatchObject({ status: expected, json: { status } });
    await other.dispose();
  });
});

describe('what explains the service', () => {
  it('has an index whose links lead somewhere', async () => {
    const { json } = await http.ask<{ links: Record<string, string> }>('/');
    for (const url of Object.values(json.links)) {
      expect((await http.server.inject(url)).statusCode, url).toBeLessThan(400);
    }
  });

  it('describes every kind of problem under its code, where its type leads unless that is registered', async () => {
    const { json } = await http.ask<{ items: { code: string; type: string }[] }>('/problems');
    expect(json.items.map(({ code }) => code)).toEqual(PROBLEM_CODES);
    for (const { code, type } of json.items) {
      const path = `/problems/${code}`;
      expect((await http.ask(path)).json).toMatchObject({ code, type });
      if (!type.startsWith('https://iana.org/')) expect(type).toBe(path);
    }
    expect((await http.ask('/problems/no-such-code')).json).toMatchObject({ code: 'not-found' });
  });

  it('shows the document on pages without inline scripts', async () => {
    const page = await http.server.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(page.body).not.toMatch(/<script(?![^>]*src=)/);
    for (const [, file = ''] of page.body.matchAll(/(?:src|href)="\.?\/?(static\/[^"]+)"/g)) {
      expect((await http.server.inject(`/docs/${file}`)).statusCode, file).toBe(200);
    }
  });

  it('answers the same document as JSON and as YAML', async () => {
    const json = await http.ask('/openapi.json');
    const yaml = await http.ask('/openapi.yaml');
    expect(json.json.openapi).toBe('3.1.0');
    expect(yaml.headers['content-type']).toContain('application/yaml');
    expect(yaml.body).toMatch(/^openapi: 3\.1\.0\n/);
  });
});

describe('every answer', () => {
  it('carries the request id that came, when it is a safe one', async () => {
    const ask = (id: string) => http.ask({ url: '/health/live', headers: { 'x-request-id': id } });
    expect((await ask('Check-out_7.f3')).headers['x-request-id']).toBe('Check-out_7.f3');
    for (const id of ['', 'a b', 'x'.repeat(129), 'a"b', 'ü', '<script>']) {
      expect((await ask(id)).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is for no page to frame and no browser to guess about', async () => {
    for (const url of ['/', '/v1/programs', '/nope', '/v1/programs/no-such-program']) {
      const { headers } = await http.ask(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});
