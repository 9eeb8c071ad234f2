import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankOf } from '../../../../src/adapters/redis/hot-programs/rank.ts';
import { compareText } from '../../../../src/domain/text.ts';

const score = fc.double({ min: 0, max: 1e12, noNaN: true }).map((value) => value + 0);

describe('a rank', () => {
  it('orders scores as texts, the highest first', () => {
    fc.assert(
      fc.property(score, score, (a, b) => {
        expect(Math.sign(compareText(rankOf(a), rankOf(b)))).toBe(Math.sign(b - a));
      }),
    );
  });

  it.each([0, 5e-324, 1, 1 + Number.EPSILON, 1e12])('of %d has 16 characters', (value) => {
    expect(rankOf(value)).toMatch(/^[0-9a-f]{16}$/);
  });
});
