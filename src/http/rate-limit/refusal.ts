import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from '../../domain/limits/api-guard.ts';
import { RATE_LIMIT_LIMITS } from '../../domain/limits/policy.ts';
import { inSeconds } from './fields.ts';

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

const TYPES = 'https://iana.org/assignments/http-problem-types#';

/** What answers a request that was not admitted; `random` (0 to 1) spreads when those who were denied together come back. */
export function refusalOf({ outcome, violated, retryAfterMs }: Admission, random: () => number): Refusal {
  const names = violated.join(', ');
  const retryAfter = spreadOut(retryAfterMs, random);
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

/** For who never passes, as long as a limit is what it is: the longest window. */
const LONGEST_WAIT_MS = RATE_LIMIT_LIMITS.windowSeconds.max * 1000;

/** The most that is added, as a share of the wait. */
const SPREAD = 0.1;

/** No wait that ends is cut: who comes back before is refused again. */
function spreadOut(retryAfterMs: number, random: () => number): number {
  const wait = Number.isFinite(retryAfterMs) ? retryAfterMs : LONGEST_WAIT_MS;
  return inSeconds(wait + random() * SPREAD * wait);
}

const TITLES = { 429: 'Too many requests', 503: 'Reduced capacity for now' } as const;

/** Answers `application/problem+json` with what the refusal says. */
export function sendRefusal(
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
