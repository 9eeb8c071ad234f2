import type { FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { Admission, ApiGuard } from '../../domain/limits/api-guard.ts';
import type { NamedPolicy } from '../../domain/limits/named-policy.ts';
import type { FieldStyle, WriteFields } from '../rate-limit/fields.ts';
import { createFields, inSeconds } from '../rate-limit/fields.ts';
import type { Identify } from '../rate-limit/identity.ts';
import { createIdentity } from '../rate-limit/identity.ts';

const GUARD: unique symbol = Symbol('rate limit');

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: calls of the route are not counted. `cost`: units that one takes; default 1. */
    rateLimit?: false | { readonly cost?: number };
    /** Made of the above. */
    [GUARD]?: RouteGuard | undefined;
  }
}

/** An answer in place of the route's. */
export interface Refusal {
  readonly status: 429 | 503;
  /** The kind of problem, registered with IANA. */
  readonly type: string;
  readonly detail: string;
  readonly violatedPolicies: readonly string[];
  /** Whole seconds. */
  readonly retryAfter: number;
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

const TYPES = 'https://iana.org/assignments/http-problem-types#';

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
    const operations = new Set<string | undefined>();
    server.addHook('onRoute', (route) => {
      const { operationId } = (route.schema ?? {}) as { readonly operationId?: string };
      operations.add(operationId);
      const { rateLimit: own } = route.config ?? {};
      if (own === false) return;
      route.config = { ...route.config, [GUARD]: gates(operationId, own?.cost ?? 1) };
    });
    server.addHook('onReady', async () => demandRoutes(options.policies, operations));
    server.addHook('onRequest', (request, reply, done) => {
      const guard = request.is404 ? elsewhere : request.routeOptions.config[GUARD];
      const subject = guard === undefined ? undefined : identify(request);
      if (guard === undefined || subject === undefined) done();
      else guard(subject, request, reply, done);
    });
  },
  { name: 'mediamesh-rate-limit', fastify: '5.x' },
);

/** A policy for a route that is not there would limit nothing, and nobody would see. */
function demandRoutes(policies: readonly NamedPolicy[], operations: ReadonlySet<string | undefined>): void {
  for (const { name, routes } of policies) {
    const unknown = routes.find((route) => !operations.has(route));
    if (unknown !== undefined)
      throw new Error(
        `the rate-limit policy ${name} is for ${unknown}, which is the operationId of no route`,
      );
  }
}

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
  const writeFields: WriteFields = createFields(policies, options.fields ?? 'draft-11');
  const { refuse = sendRefusal, random = Math.random } = options;
  return (subject, request, reply, done) => {
    const decide = (admission: Admission): void => {
      writeFields(admission, (name, value) => void reply.header(name, value));
      if (admission.outcome === 'admitted') done();
      else refuse(refusalOf(admission, random), request, reply);
    };
    const ready = gate.admitNow(subject, cost);
    if (ready !== undefined) decide(ready);
    else gate.admit(subject, cost, { signal: NEVER_ABORTED, requestId: request.id }).then(decide, done);
  };
}

/** For who never passes too, as long as a limit is what it is. */
const LONGEST_WAIT_MS = 31 * 86_400_000;

/** Those who were denied together do not come back together. The most that is added, as a share of the wait. */
const SPREAD = 0.1;

function refusalOf({ outcome, violated, retryAfterMs }: Admission, random: () => number): Refusal {
  const names = violated.join(', ');
  const retryAfter = inSeconds(Math.min(LONGEST_WAIT_MS, retryAfterMs + random() * SPREAD * retryAfterMs));
  if (outcome === 'unavailable') {
    const detail = `the requests under ${names} can not be counted at the moment`;
    return {
      status: 503,
      type: `${TYPES}temporary-reduced-capacity`,
      detail,
      violatedPolicies: violated,
      retryAfter,
    };
  }
  const detail = `no more requests for now, by ${names}`;
  return { status: 429, type: `${TYPES}quota-exceeded`, detail, violatedPolicies: violated, retryAfter };
}

const TITLES = { 429: 'Too many requests', 503: 'Reduced capacity for now' } as const;

function sendRefusal(
  { status, type, detail, violatedPolicies, retryAfter }: Refusal,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const body = { type, title: TITLES[status], status, detail, 'violated-policies': violatedPolicies };
  void reply
    .code(status)
    .headers({
      'retry-after': String(retryAfter),
      'cache-control': 'no-store',
      'content-type': 'application/problem+json; charset=utf-8',
    })
    .send(JSON.stringify(body));
}
