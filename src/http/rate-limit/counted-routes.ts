import type { RouteOptions } from 'fastify';
import type { NamedPolicy } from '../../domain/limits/named-policy.ts';
import { RATE_LIMIT_LIMITS } from '../../domain/limits/policy.ts';

/** The routes of a server, as far as limits ask about them. */
export interface CountedRoutes {
  /** Takes up a route, and answers what a call of it takes; `undefined`: it is not counted. @throws {RangeError} that is no cost. */
  add(route: RouteOptions): { readonly operationId: string | undefined; readonly cost: number } | undefined;
  /** A policy for a route that is not there, or not counted, would limit nothing, and nobody would see. @throws {Error} one is. */
  demand(policies: readonly NamedPolicy[]): void;
}

export function createCountedRoutes(): CountedRoutes {
  const counted = new Set<string | undefined>();
  const free = new Set<string | undefined>();
  return {
    add(route) {
      const { operationId } = (route.schema ?? {}) as { readonly operationId?: string };
      const cost = costOf(route);
      (cost === undefined ? free : counted).add(operationId);
      return cost === undefined ? undefined : { operationId, cost };
    },
    demand(policies) {
      for (const { name, routes } of policies) {
        const wrong = routes.find((route) => !counted.has(route));
        if (wrong === undefined) continue;
        const problem = free.has(wrong)
          ? 'whose calls are not counted'
          : 'which is the operationId of no route';
        throw new Error(`the rate-limit policy ${name} is for ${wrong}, ${problem}`);
      }
    },
  };
}

const { cost: COSTS } = RATE_LIMIT_LIMITS;

function costOf({ method, url, config }: RouteOptions): number | undefined {
  const { rateLimit } = config ?? {};
  if (rateLimit === false) return undefined;
  const { cost = COSTS.default } = rateLimit ?? {};
  if (Number.isInteger(cost) && cost >= COSTS.min && cost <= COSTS.max) return cost;
  throw new RangeError(
    `the rate-limit cost of ${String(method)} ${url} must be a whole number from ${COSTS.min} to ${COSTS.max}, and is ${String(cost)}`,
  );
}
