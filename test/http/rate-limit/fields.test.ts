import { describe, expect, it } from 'vitest';
import type { Admission } from '../../../src/domain/limits/api-guard.ts';
import { readPolicies } from '../../../src/domain/limits/named-policy.ts';
import type { DecidedBy } from '../../../src/domain/limits/store-trouble.ts';
import { createFields } from '../../../src/http/rate-limit/fields.ts';

const policies = readPolicies('burst=10/s,hourly=1000/h');

interface Decided {
  readonly deniedForMs?: number;
  readonly decidedBy?: DecidedBy;
}

/** The field of an admission under both policies, each of which is full again in an hour. */
function fieldOf(outcome: Admission['outcome'], decided: readonly Decided[]): string | undefined {
  const items = decided.map(({ deniedForMs, decidedBy = 'store' }, index) => {
    const policy = policies[index];
    if (policy === undefined) throw new Error('more decisions than policies');
    const allowed = deniedForMs === undefined;
    const decision = { allowed, remaining: 5, retryAfterMs: deniedForMs ?? 0, resetAfterMs: 3_600_000 };
    return { policy, decision, decidedBy, isOutage: false };
  });
  const fields = new Map<string, string>();
  const admission = { outcome, items, violated: [], retryAfterMs: 0, degraded: false };
  createFields(policies, 'draft-11')(admission, (name, value) => fields.set(name, value));
  return fields.get('ratelimit');
}

describe('the field RateLimit', () => {
  it('tells until when each limit is whole again', () => {
    expect(fieldOf('admitted', [{}, {}])).toBe('"burst";r=5;t=3600, "hourly";r=5;t=3600');
  });

  it('of a refusal tells the waits for what denies alone: Retry-After must not come before one', () => {
    expect(fieldOf('denied', [{ deniedForMs: 900 }, {}])).toBe('"burst";r=5;t=1, "hourly";r=5');
    expect(fieldOf('unavailable', [{}, { deniedForMs: 1000 }])).toBe('"burst";r=5, "hourly";r=5;t=1');
  });

  it('tells no wait for what never passes', () => {
    const never = Number.POSITIVE_INFINITY;
    expect(fieldOf('denied', [{ deniedForMs: never }, {}])).toBe('"burst";r=5, "hourly";r=5');
  });

  it('says of each limit who guessed', () => {
    expect(fieldOf('admitted', [{ decidedBy: 'local' }, { decidedBy: 'open' }])).toBe(
      '"burst";r=5;t=3600;mediamesh-degraded=local, "hourly";r=5;t=3600;mediamesh-degraded=open',
    );
    expect(fieldOf('admitted', [{ decidedBy: 'lease' }, { decidedBy: 'block-cache' }])).not.toContain(
      'degraded',
    );
    expect(fieldOf('unavailable', [{ deniedForMs: 1000, decidedBy: 'closed' }, {}])).toBe(
      '"burst";r=5;t=1;mediamesh-degraded=closed, "hourly";r=5',
    );
  });
});
