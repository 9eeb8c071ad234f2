import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../domain/app.ts';
import type { ProgramChanges } from '../domain/program/changes.ts';
import type { Readiness } from '../domain/readiness.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { Measurements } from '../ports/telemetry.ts';
import type { HttpOptions } from './options.ts';
import { HTTP_DEFAULTS } from './options.ts';
import type { Draining } from './plugins/answers.ts';
import { createDraining, headAnswers, requestIds } from './plugins/answers.ts';
import { takeJsonBodies } from './plugins/body-parser.ts';
import { addCalls } from './plugins/call.ts';
import { describeCalls } from './plugins/openapi.ts';
import type { Logger } from './plugins/problem-handler.ts';
import { answerProblems, refuseByLimit } from './plugins/problem-handler.ts';
import type { RateLimitOptions } from './plugins/rate-limit.ts';
import { rateLimit } from './plugins/rate-limit.ts';
import { answerExpectations, clientErrorHandler } from './plugins/raw-sockets.ts';
import { limitSlowBodies } from './plugins/slow-bodies.ts';
import { answerUnknownRoutes } from './plugins/unknown-routes.ts';
import { checkUrls, routeUnreadable } from './plugins/urls.ts';
import { createValidatorCompiler } from './plugins/validation.ts';
import { isProxy } from './rate-limit/client-address.ts';
import { LISTS, programGroup } from './reads.ts';
import type { ResponseCache } from './response-cache.ts';
import { createResponseCache } from './response-cache.ts';
import type { HttpServer, RouteDeps } from './routes/deps.ts';
import { addDiscovery } from './routes/discovery.ts';
import { addDocs } from './routes/docs.ts';
import { addDocuments } from './routes/documents.ts';
import { addHealth } from './routes/health.ts';
import { addImportExport } from './routes/import-export.ts';
import { addMetrics } from './routes/metrics.ts';
import { addMigration } from './routes/migration.ts';
import { addPrograms } from './routes/programs.ts';
import { addRateLimits } from './routes/rate-limits.ts';
import { addSearch } from './routes/search.ts';
import { addViews } from './routes/views.ts';

/** What the HTTP side drives, and its settings where they differ from {@link HTTP_DEFAULTS}. */
export interface ServerDeps extends Partial<HttpOptions> {
  readonly app: App;
  readonly idempotency: IdempotencyStore;
  readonly changes: ProgramChanges;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly readiness: Readiness;
  readonly measurements: Measurements;
  /** The limits of the API itself. Default: none. */
  readonly rateLimit?: Omit<RateLimitOptions, 'refuse'>;
  /** Failing requests are logged here: faults of the service as errors, refused requests at debug level. */
  readonly loggerInstance?: Logger;
  readonly version: string;
}

/** Builds the server with every call, ready to be asked by `inject` or to `listen`. */
export async function buildServer(deps: ServerDeps): Promise<HttpServer> {
  const options: HttpOptions = { ...HTTP_DEFAULTS, ...deps };
  const draining = createDraining();
  const server = createFastify(options, deps);
  const cache = createCache(options, deps);
  server.addHook('onClose', async () => cache.end());
  await addPlugins(server, options, deps, draining);
  await addRoutes(server, { ...deps, options, cache: cache.cache, draining, log: deps.loggerInstance });
  await server.ready();
  return server;
}

function createFastify(options: HttpOptions, { ids }: ServerDeps): HttpServer {
  const server: HttpServer = fastify({
    // Node's own time-out for whole requests holds for imports as well, which may run for hours: see limitSlowBodies.
    requestTimeout: 0,
    http: {
      headersTimeout: options.headersTimeoutMs,
      connectionsCheckingInterval: options.connectionsCheckingIntervalMs,
      maxHeaderSize: options.maxHeaderBytes,
      // Node would answer a missing Host without a body; headAnswers does it in our form.
      requireHostHeader: false,
    },
    keepAliveTimeout: options.keepAliveTimeoutMs,
    maxRequestsPerSocket: 10_000,
    forceCloseConnections: 'idle',
    // Requests that still come in over open connections are served: refusing them would fail what is no fault of theirs.
    return503OnClosing: false,
    bodyLimit: options.bodyBytes,
    // A path is bounded by the size of the headers; how long each part may be is for its schema to say.
    routerOptions: { maxParamLength: options.maxHeaderBytes },
    trustProxy: options.trustProxy.length > 0 && isProxy(options.trustProxy),
    requestIdHeader: false,
    genReqId: requestIds(ids),
    clientErrorHandler: clientErrorHandler(ids),
    frameworkErrors: (error, request, reply) => routeUnreadable(server, error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();
  return server;
}

function createCache(
  options: HttpOptions,
  { clock, changes }: ServerDeps,
): { cache: ResponseCache; end(): void } {
  const cache = createResponseCache({
    clock,
    maxBytes: options.cacheBytes,
    freshMs: options.freshMs,
    fillTimeoutMs: options.handlerTimeoutMs,
  });
  const end = changes.subscribe((programIds) => cache.invalidate([LISTS, ...programIds.map(programGroup)]));
  return { cache, end };
}

async function addPlugins(
  server: HttpServer,
  options: HttpOptions,
  deps: ServerDeps,
  draining: Draining,
): Promise<void> {
  server.setValidatorCompiler(createValidatorCompiler());
  // What handlers answer is made field by field already; the tests hold it against the document.
  server.setSerializerCompiler(() => (value) => JSON.stringify(value));
  takeJsonBodies(server, ['application/json']);
  answerProblems(server, deps.loggerInstance);
  headAnswers(server, draining);
  // Before whatever else can refuse a request: what is refused was counted.
  if (deps.rateLimit) await server.register(rateLimit, { ...deps.rateLimit, refuse: refuseByLimit });
  checkUrls(server);
  answerUnknownRoutes(server);
  answerExpectations(server.server, deps.ids);
  refuseUnknownParameters(server);
  addCalls(server, options.handlerTimeoutMs);
  limitSlowBodies(server, options.bodyTimeoutMs);
  await describeCalls(server, deps.version);
}

/** A call that names no query parameters takes none. */
function refuseUnknownParameters(server: HttpServer): void {
  const none = Type.Object({}, { additionalProperties: false });
  server.addHook('onRoute', (route) => {
    if (route.schema?.operationId !== undefined) route.schema.querystring ??= none;
  });
}

async function addRoutes(server: HttpServer, deps: RouteDeps): Promise<void> {
  await addPrograms(server, deps);
  await addImportExport(server, deps);
  addDiscovery(server, deps);
  addViews(server, deps);
  addDocuments(server, deps);
  addSearch(server, deps);
  addRateLimits(server, deps);
  await addMigration(server, deps);
  addHealth(server, deps);
  addMetrics(server, deps);
  await addDocs(server, deps);
}
