import type { FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { Admission, ApiGuard } from '../../domain/limits/api-guard.ts';
import type { NamedPolicy } from '../../domain/limits/named-policy.ts';
import { createCountedRoutes } from '../rate-limit/counted-routes.ts';
import type { FieldStyle, WriteFields } from '../rate-limit/fields.ts';
import { createFields } from '../rate-limit/fields.ts';
import type { Identify } from '../rate-limit/identity.ts';
import { createIdentity } from '../rate-limit/identity.ts';
import type { Refusal } from '../rate-limit/refusal.ts';
import { refusalOf, sendRefusal } from '../rate-limit/refusal.ts';

const GUARD: unique symbol = Symbol('rate limit');

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: calls of the route are not counted. `cost`: units that one takes, a whole number; default 1. */
    rateLimit?: false | { readonly cost?: number };
    /** Made of the above. */
    [GUARD]?: RouteGuard | undefined;
  }
}

export interface RateLimitOptions {
  readonly guard: ApiGuard;
  /** One that names routes is for those alone, by their `operationId`; the others are for every call, unknown addresses included. */
  readonly policies: readonly NamedPolicy[];
  /** Default: by address, see {@link createIdentity}. */
  readonly identify?: Identify;
  /** Default: `draft-11`. */
  readonly fields?: FieldStyle;
  /** Default: `application/problem+json` with what the refusal says. */
  readonly refuse?: (refusal: Refusal, request: FastifyRequest, reply: FastifyReply) => void;
  /** 0 to 1, for the spread of `Retry-After`. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * Limits the calls of a service, by any counters that the guard was given: decides before a body is read, tells the limits in the
 * fields of every answer, and answers 429 (a limit is reached) or 503 (the counters can not be asked, and the policy is to close
 * then). Register it before the routes. The fields are set for each answer: nothing of them is in a body that is cached.
 */
export const rateLimit = fastifyPlugin<RateLimitOptions>(
  async (server, options) => {
    const gates = createGates(options);
    const { identify = createIdentity() } = options;
    const elsewhere = gates(undefined, 1);
    const routes = createCountedRoutes();
    server.addHook('onRoute', (route) => {
      const counted = routes.add(route);
      if (counted === undefined) return;
      route.config = { ...route.config, [GUARD]: gates(counted.operationId, counted.cost) };
    });
    server.addHook('onReady', async () => routes.demand(options.policies));
    server.addHook('onRequest', (request, reply, done) => {
      const guard = request.is404 ? elsewhere : request.routeOptions.config[GUARD];
      const subject = guard === undefined ? undefined : identify(request);
      if (guard === undefined || subject === undefined) done();
      else guard(subject, request, reply, done);
    });
  },
  { name: 'mediamesh-rate-limit', fastify: '5.x' },
);

type RouteGuard = (
  subject: string,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/** The guards of routes: those with the same policies and cost share one. */
function createGates(options: RateLimitOptions) {
  const made = new Map<string, RouteGuard | undefined>();
  return (operationId: string | undefined, cost: number): RouteGuard | undefined => {
    const policies = options.policies.filter(
      ({ routes }) => routes.length === 0 || (operationId !== undefined && routes.includes(operationId)),
    );
    const name = `${cost} ${policies.map((policy) => policy.name).join(' ')}`;
    if (!made.has(name))
      made.set(name, policies.length === 0 ? undefined : createRouteGuard(options, policies, cost));
    return made.get(name);
  };
}

/** The decision is bounded by the counters' own deadline: nobody need abort it. */
const NEVER_ABORTED = new AbortController().signal;

function createRouteGuard(
  options: RateLimitOptions,
  policies: readonly NamedPolicy[],
  cost: number,
): RouteGuard {
  const gate = options.guard.gate(policies);
  const tell = createTelling(options, policies);
  return (subject, request, reply, done) => {
    const decide = (admission: Admission): void => {
      let passes: boolean;
      try {
        passes = tell(admission, request, reply);
      } catch (error) {
        done(error as Error);
        return;
      }
      if (passes) done();
    };
    const ready = gate.admitNow(subject, cost);
    if (ready !== undefined) decide(ready);
    else gate.admit(subject, cost, { signal: NEVER_ABORTED, requestId: request.id }).then(decide, done);
  };
}

/** Sets the fields of an answer, and whether the request may go on; else it is answered. */
type Telling = (admission: Admission, request: FastifyRequest, reply: FastifyReply) => boolean;

function createTelling(options: RateLimitOptions, policies: readonly NamedPolicy[]): Telling {
  const writeFields: WriteFields = createFields(policies, options.fields ?? 'draft-11');
  const { refuse = sendRefusal, random = Math.random } = options;
  return (admission, request, reply) => {
    writeFields(admission, (name, value) => void reply.header(name, value));
    if (admission.outcome === 'admitted') return true;
    refuse(refusalOf(admission, random), request, reply);
    return false;
  };
}
