import type { Admission, PolicyDecision } from '../../domain/limits/api-guard.ts';
import type { NamedPolicy } from '../../domain/limits/named-policy.ts';
import { isDegraded } from '../../domain/limits/store-trouble.ts';

/**
 * Which fields an answer tells its limits by.
 *
 * - `draft-11`: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11 (May 2026).
 * - `legacy`: `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) of the policy that is nearest to its limit.
 */
export const FIELD_STYLES = ['draft-11', 'legacy', 'both', 'none'] as const;
export type FieldStyle = (typeof FIELD_STYLES)[number];

/** Hands over the fields for an admission, one by one. */
export type WriteFields = (admission: Admission, set: (name: string, value: string) => void) => void;

/** The writer for a route with these policies; what is the same for all its answers is made once. */
export function createFields(policies: readonly NamedPolicy[], style: FieldStyle): WriteFields {
  const announced = policies
    .filter(({ isShadow }) => !isShadow)
    .map(announcement)
    .join(', ');
  const isDraft = style === 'draft-11' || style === 'both';
  const isLegacy = style === 'legacy' || style === 'both';
  return (admission, set) => {
    if (admission.items.length === 0) return;
    if (isDraft) {
      set('ratelimit-policy', announced);
      set('ratelimit', stateField(admission));
    }
    if (isLegacy) writeLegacy(admission, set);
  };
}

/** `"burst";q=10;w=1`. `w` has no fractions: of a window that is no whole number of seconds it is left out. */
function announcement({ name, limit, windowMs }: NamedPolicy): string {
  const window = windowMs % 1000 === 0 ? `;w=${windowMs / 1000}` : '';
  return `"${name}";q=${limit}${window}`;
}

/**
 * `"burst";r=9;t=1` of each policy. A refusal tells `t` of those that deny alone: that of another may be later than `Retry-After`, which
 * must not be. A parameter of our own says who guessed, while the counters can not be asked.
 */
function stateField({ items, outcome }: Admission): string {
  let field = '';
  for (const item of items) {
    if (field !== '') field += ', ';
    field += `"${item.policy.name}";r=${item.decision.remaining}`;
    if (outcome === 'admitted' || !item.decision.allowed) field += timeParameter(item);
    if (isDegraded(item)) field += `;mediamesh-degraded=${item.decidedBy}`;
  }
  return field;
}

function timeParameter(item: PolicyDecision): string {
  const seconds = waitOf(item);
  return Number.isFinite(seconds) ? `;t=${seconds}` : '';
}

/** Of a denial: until it passes, which `Retry-After` must not come before. Else until the whole limit is there. */
function waitOf({ decision }: PolicyDecision): number {
  return inSeconds(decision.allowed ? decision.resetAfterMs : decision.retryAfterMs);
}

function writeLegacy({ items }: Admission, set: (name: string, value: string) => void): void {
  const nearest = items.reduce((one, other) => (shareLeft(other) < shareLeft(one) ? other : one));
  set('x-ratelimit-limit', String(nearest.policy.limit));
  set('x-ratelimit-remaining', String(nearest.decision.remaining));
  const seconds = waitOf(nearest);
  if (Number.isFinite(seconds)) set('x-ratelimit-reset', String(seconds));
}

function shareLeft({ policy, decision }: PolicyDecision): number {
  return decision.allowed ? decision.remaining / policy.limit : -1;
}

/** Whole seconds, rounded up: who waits for them has waited enough. */
export function inSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
