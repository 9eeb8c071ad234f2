import type { RateLimitRequest } from '../../domain/limits/check-rate-limit.ts';
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
export function addRateLimits(server: HttpServer, { app }: RouteDeps): void {
  const check = {
    operationId: 'checkRateLimit',
    summary: 'May this happen now?',
    description:
      'Takes `cost` units when all of them are there, else none. A changed `limit` applies at once.',
    tags,
    body: ref('RateLimitCheck'),
    response: responses({ 200: status }, ...([...WITH_STORE, ...WITH_BODY] as const)),
  };
  server.post('/v1/rate-limits/check', { schema: check }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return app.rateLimits.check(request.body as RateLimitRequest, request.call);
  });

  const peek = {
    operationId: 'peekRateLimit',
    summary: 'Would it be allowed?',
    description: 'The decision that a check would give now. Takes nothing.',
    tags,
    params: keyParams,
    querystring: policyQuery,
    response: responses({ 200: status }, ...WITH_STORE),
  };
  server.get('/v1/rate-limits/:key', { schema: peek }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return app.rateLimits.peek({ ...request.query, key: request.params.key }, request.call);
  });

  const reset = {
    operationId: 'resetRateLimit',
    summary: 'Forget what was taken',
    description: 'Forgets every counter of the key, for each algorithm and window.',
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
