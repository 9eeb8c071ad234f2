import type { InjectOptions } from 'fastify';
import { expect } from 'vitest';
import type { Cradle } from '../../src/container.ts';
import type { App } from '../../src/domain/app.ts';
import type { HttpServer } from '../../src/http/routes/deps.ts';
import type { ServerDeps } from '../../src/http/server.ts';
import { buildServer } from '../../src/http/server.ts';
import { limitsOf } from '../../src/serve.ts';
import type { Answered, Conformance } from './openapi.ts';
import { createConformance } from './openapi.ts';
import { aService } from './service.ts';

/** An answer and its body as JSON, when it is JSON. */
export interface Reply<Body = Record<string, unknown>> extends Answered {
  readonly json: Body;
}

export interface TestServer {
  readonly server: HttpServer;
  readonly cradle: Cradle;
  /** Asks without a socket, and holds the answer against the OpenAPI document. */
  ask<Body = Record<string, unknown>>(request: InjectOptions | string): Promise<Reply<Body>>;
  readonly conformance: Conformance;
  /** Listens on a free port of this machine; answers the port. */
  listen(): Promise<number>;
  dispose(): Promise<void>;
}

export interface TestServerOptions extends Partial<Omit<ServerDeps, 'app'>> {
  /** Changes what the use cases do, to make them fail or wait. */
  readonly wrap?: (app: App) => App;
  /** Runs on this Postgres in place of memory. */
  readonly databaseUrl?: string;
  /** Environment variables that choose adapters. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The real server over the real service, in memory or on a Postgres. */
export async function aServer({
  wrap = (app) => app,
  databaseUrl,
  env,
  ...overrides
}: TestServerOptions = {}): Promise<TestServer> {
  const service = aService(databaseUrl, env);
  const { app, idempotency, changes, clock, ids, readiness, metrics } = service.cradle;
  const server = await buildServer({
    app: wrap(app),
    ...{ idempotency, changes, clock, ids, readiness, measurements: metrics.measurements },
    version: '0.0.0-test',
    ...limitsOfTest(service.cradle, env?.RATE_LIMIT_POLICIES !== undefined),
    ...overrides,
  });
  const conformance = createConformance(
    server.swagger() as unknown as Parameters<typeof createConformance>[0],
  );
  return {
    server,
    cradle: service.cradle,
    conformance,
    async ask<Body>(request: InjectOptions | string) {
      const options = typeof request === 'string' ? { url: request } : request;
      const { statusCode: status, headers, body } = await server.inject(options);
      const faults = conformance(options.method ?? 'GET', String(options.url), { status, headers, body });
      expect(faults, `${options.method ?? 'GET'} ${String(options.url)} answered ${body}`).toEqual([]);
      return { status, headers, body, json: parsed(headers, body) as Body };
    },
    async listen() {
      await server.listen({ host: '127.0.0.1', port: 0 });
      const address = server.server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    },
    async dispose() {
      await server.close();
      await service.dispose();
    },
  };
}

/** As the service has them, when the environment of a test names policies. */
function limitsOfTest({ config, apiGuard }: Cradle, hasLimits: boolean) {
  return hasLimits ? limitsOf(config, apiGuard) : {};
}

function parsed(headers: Readonly<Record<string, unknown>>, body: string): unknown {
  return /[/+]json(?:;|$)/.test(String(headers['content-type'])) && body !== ''
    ? JSON.parse(body)
    : undefined;
}

/** The code of a problem. */
export function codeOf(reply: Reply): unknown {
  return reply.json.code;
}

/** A program as a client would send it. */
export function aProgramInput(programId: string | undefined, overrides: object = {}) {
  return {
    ...(programId !== undefined && { programId }),
    title: 'The Third Man',
    contentType: 'movie',
    category: 'drama',
    language: 'en',
    ...overrides,
  };
}
