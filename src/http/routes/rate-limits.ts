import type { BatchMode } from '../../domain/limits/check-rate-limit.ts';
import type { RateLimitRequest } from '../../domain/limits/rate-limit-request.ts';
import { ref, TAGS } from '../schemas/common.ts';
import { keyParams, policyQuery } from '../schemas/rate-limits.ts';
import { responses, WITH_BODY, WITH_STORE } from '../schemas/respond.ts';
import type { HttpServer, RouteDeps } from './deps.ts';

const tags = [TAGS.rateLimits];
const status = {
  description: 'The decision: always 200, allowed or not.',
  schema: ref('RateLimitStatus'),
  headers: ['cache-control'],
} as const;

/** Adds rate limits as a service. */
export function addRateLimits(server: HttpServer, deps: RouteDeps): void {
  const { app } = deps;
  const check = {
    operationId: 'checkRateLimit',
    summary: 'May this happen now?',
    description:
      'Takes `cost` units when all of them are there, else none. A changed `limit` applies at once. It is answered also while the counters can not be asked: `degraded` and `decidedBy` say so.',
    tags,
    body: ref('RateLimitCheck'),
    response: responses({ 200: status }, 'handler-timeout', ...WITH_BODY),
  };
  server.post('/v1/rate-limits/check', { schema: check }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return app.rateLimits.check(request.body as RateLimitRequest, request.call);
  });

  addBatch(server, deps);

  const peek = {
    operationId: 'peekRateLimit',
    summary: 'Would it be allowed?',
    description: 'The decision that a check would give now. Takes nothing.',
    tags,
    params: keyParams,
    querystring: policyQuery,
    response: responses({ 200: status }, 'handler-timeout'),
  };
  server.get('/v1/rate-limits/:key', { schema: peek }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return app.rateLimits.peek({ ...request.query, key: request.params.key }, request.call);
  });

  const reset = {
    operationId: 'resetRateLimit',
    summary: 'Forget what was taken',
    description:
      'Forgets every counter of the key, for each algorithm and window. What another instance knows of it may hold for up to a second.',
    tags,
    params: keyParams,
    response: responses(
      { 204: { description: 'It is forgotten, or was not there.', headers: ['cache-control'] } },
      ...WITH_STORE,
    ),
  };
  server.delete('/v1/rate-limits/:key', { schema: reset }, async (request, reply) => {
    await app.rateLimits.reset(request.params.key, request.call);
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}

function addBatch(server: HttpServer, { app, options }: RouteDeps): void {
  const schema = {
    operationId: 'checkRateLimits',
    summary: 'May these happen now?',
    description:
      'Several checks at once: each on its own, or all or nothing. Where all are of one key, all or nothing is one round trip to the counters and atomic; of several keys too, but on Redis, where others may be denied for a moment by units that go back. Never does more than a limit pass.',
    tags,
    body: ref('RateLimitBatch'),
    response: responses(
      {
        200: {
          description: 'The decisions: always 200, allowed or not.',
          schema: ref('RateLimitBatchStatus'),
          headers: ['cache-control'],
        },
      },
      'handler-timeout',
      ...WITH_BODY,
    ),
  };
  const route = { schema, bodyLimit: options.batchBytes };
  server.post('/v1/rate-limits/check-batch', route, async (request, reply) => {
    const { checks, mode } = request.body as {
      readonly checks: readonly RateLimitRequest[];
      readonly mode: BatchMode;
    };
    reply.header('cache-control', 'no-store');
    return app.rateLimits.checkBatch(checks, mode, request.call);
  });
}
