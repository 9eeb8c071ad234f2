import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Whole } from '../../../src/domain/limits/whole.ts';
import { ceilDivide, floorDivide, minus, plus, times } from '../../../src/domain/limits/whole.ts';

// Around 2^53, where doubles cease to be exact, and around nothing.
const aNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -10, max: 10 }),
  fc.integer({ min: -3, max: 0 }).map((below) => Number.MAX_SAFE_INTEGER + below),
  fc.integer({ min: 94_906_260, max: 94_906_270 }),
);
const aWhole: fc.Arbitrary<Whole> = fc.oneof(aNumber, fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }));

/** As numbers are where they are exact. */
function isPlainWherePossible(one: Whole, other: Whole, result: Whole): boolean {
  const isPlain = typeof one === 'number' && typeof other === 'number';
  return !isPlain || (typeof result === 'number') === Number.isSafeInteger(Number(result));
}

describe('whole numbers', () => {
  test('are added and subtracted exactly, plain where that is exact', () => {
    fc.assert(
      fc.property(aWhole, aWhole, (one, other) => {
        expect(BigInt(plus(one, other))).toBe(BigInt(one) + BigInt(other));
        expect(BigInt(minus(one, other))).toBe(BigInt(one) - BigInt(other));
        expect(isPlainWherePossible(one, other, plus(one, other))).toBe(true);
        expect(isPlainWherePossible(one, other, minus(one, other))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('are multiplied exactly', () => {
    fc.assert(
      fc.property(aNumber, aNumber, (one, other) => {
        const product = times(one, other);
        expect(BigInt(product)).toBe(BigInt(one) * BigInt(other));
        expect(isPlainWherePossible(one, other, product)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('are divided exactly, rounded as is said', () => {
    const aDivisor = fc.integer({ min: 1, max: 2 ** 40 });
    const aDividend = fc.oneof(
      aNumber.map(Math.abs),
      // A multiple of the divisor less one, of which a rounded quotient would be the next whole number.
      fc.tuple(aDivisor, fc.integer({ min: 1, max: 2 ** 13 })).map(([by, many]) => by * many - 1),
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
    );
    fc.assert(
      fc.property(aDividend, aDivisor, (dividend, divisor) => {
        const exact = BigInt(dividend) / BigInt(divisor);
        const rest = BigInt(dividend) % BigInt(divisor);
        expect(BigInt(floorDivide(dividend, divisor))).toBe(exact);
        expect(BigInt(ceilDivide(dividend, divisor))).toBe(rest === 0n ? exact : exact + 1n);
      }),
      { numRuns: 1000 },
    );
    expect(ceilDivide(-5, 2)).toBe(0);
    expect(ceilDivide(-5n, 2)).toBe(0);
  });
});
