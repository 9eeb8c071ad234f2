import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { App } from '../../domain/app.ts';
import type { Readiness } from '../../domain/readiness.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyStore } from '../../ports/idempotency-store.ts';
import type { Measurements } from '../../ports/telemetry.ts';
import type { HttpOptions } from '../options.ts';
import type { Draining } from '../plugins/answers.ts';
import type { Logger } from '../plugins/problem-handler.ts';
import type { ResponseCache } from '../response-cache.ts';

/** A Fastify server whose handlers know the types of what their schemas checked. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What routes are handed. */
export interface RouteDeps {
  readonly app: App;
  readonly cache: ResponseCache;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly measurements: Measurements;
  readonly draining: Draining;
  readonly options: HttpOptions;
  readonly log: Logger | undefined;
  readonly version: string;
}

/** Of routes that the API's own limits say nothing to: those who watch the service must always hear. */
export const UNCOUNTED = { config: { rateLimit: false } } as const;

/** The filters of a query without those that were left out. */
export function given<Values extends object>(
  values: Values,
): { [Name in keyof Values]: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
