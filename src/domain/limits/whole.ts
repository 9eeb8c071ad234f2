/**
 * A whole number of any size, exactly. As a `number` where that is exact, which it mostly is and many times quicker; as a `bigint` past
 * 2^53. The operators `<`, `>` and their like compare both.
 */
export type Whole = number | bigint;

export function plus(one: Whole, other: Whole): Whole {
  if (typeof one === 'number' && typeof other === 'number') {
    const sum = one + other;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return BigInt(one) + BigInt(other);
}

export function minus(one: Whole, other: Whole): Whole {
  if (typeof one === 'number' && typeof other === 'number') {
    const difference = one - other;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return BigInt(one) - BigInt(other);
}

/** Of two that are exact themselves. */
export function times(one: number, other: number): Whole {
  const product = one * other;
  return Number.isSafeInteger(product) ? product : BigInt(one) * BigInt(other);
}

// `Math.min` and `Math.max` take no bigint.

export function least(one: Whole, other: Whole): Whole {
  if (other < one) return other;
  return one;
}

export function greatest(one: Whole, other: Whole): Whole {
  if (other > one) return other;
  return one;
}

// A quotient of exact integers is at least 1/divisor from the next whole number, if it is none itself, and the nearest double is
// nearer than that: rounding it down or up is exact.

/** Of what is not negative, rounded down; the quotient is below 2^53. */
export function floorDivide(dividend: Whole, divisor: number): number {
  if (typeof dividend === 'number') return Math.floor(dividend / divisor);
  return Number(dividend / BigInt(divisor));
}

/** Rounded up; 0 when there is nothing to divide. The quotient is below 2^53. */
export function ceilDivide(dividend: Whole, divisor: number): number {
  if (dividend <= 0) return 0;
  if (typeof dividend === 'number') return Math.ceil(dividend / divisor);
  const by = BigInt(divisor);
  return Number((dividend + by - 1n) / by);
}
