import type { ModelCounter } from './model.ts';

interface BucketPermit {
  readonly units: bigint;
  readonly atMs: number;
  readonly takenBefore: bigint;
  readonly limit: bigint;
}

/** A bucket in units times `windowMs`, so that all is whole. */
export function createBucket(windowMs: bigint): ModelCounter {
  const permits = new Map<string, BucketPermit>();
  let missing = 0n;
  let taken = 0n;
  let rate = 0n;
  let atMs = 0;

  function refill(nowMs: number): void {
    missing = most(0n, missing - BigInt(nowMs - atMs) * rate);
    atMs = nowMs;
    if (missing === 0n) permits.clear();
  }

  function known(permitId: string | undefined, nowMs: number): BucketPermit | undefined {
    refill(nowMs);
    const permit = permitId === undefined ? undefined : permits.get(permitId);
    return permit && nowMs < permit.atMs + Number(windowMs) ? permit : undefined;
  }

  /** Of the units of a permit, those behind which nothing but later ones is missing, or that had not the time to come back. */
  function stillMissing({ units, atMs: sinceMs, takenBefore, limit }: BucketPermit): bigint {
    const later = taken - takenBefore - units;
    const byTime = units * windowMs - BigInt(atMs - sinceMs) * most(rate, limit);
    return most(0n, most(missing - later * windowMs, byTime));
  }

  return {
    look(limit, cost, nowMs) {
      refill(nowMs);
      const whole = BigInt(limit) * windowMs;
      const over = missing + BigInt(cost) * windowMs - whole;
      return {
        allowed: over <= 0n,
        remaining: Number(most(0n, whole - missing) / windowMs),
        retryAfterMs: cost > limit ? Number.POSITIVE_INFINITY : waitFor(over, rate),
        resetAfterMs: waitFor(missing, rate),
      };
    },

    take(units, limit, nowMs, permitId) {
      if (known(permitId, nowMs)) return;
      rate = BigInt(limit);
      const takenBefore = taken;
      taken += BigInt(units);
      missing += BigInt(units) * windowMs;
      if (permitId !== undefined)
        permits.set(permitId, { units: BigInt(units), atMs, takenBefore, limit: rate });
    },

    known(permitId, nowMs) {
      const permit = known(permitId, nowMs);
      return permit && Number(permit.units);
    },

    giveBack(cost, nowMs, permitId) {
      const permit = known(permitId, nowMs);
      if (permitId !== undefined && permit === undefined) return;
      const asked = BigInt(cost) * windowMs;
      const back = permit ? least(least(asked, permit.units * windowMs), stillMissing(permit)) : asked;
      missing = most(0n, missing - back);
      if (permitId !== undefined) permits.delete(permitId);
    },
  };
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function waitFor(amount: bigint, rate: bigint): number {
  return amount <= 0n ? 0 : Number((amount + rate - 1n) / rate);
}
