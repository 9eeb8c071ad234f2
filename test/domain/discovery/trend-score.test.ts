import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrendWindow } from '../../../src/domain/discovery/trend-score.ts';
import {
  addScores,
  decayedViews,
  TREND_WINDOWS,
  viewScore,
} from '../../../src/domain/discovery/trend-score.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const WINDOWS = Object.keys(TREND_WINDOWS) as TrendWindow[];

const aMoment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) });
const aScore = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('trend score', () => {
  test.each(WINDOWS)('%s: a view counts 1 at its moment and half of that one window later', (window) => {
    fc.assert(
      fc.property(aMoment, (atMs) => {
        const score = viewScore(window, atMs);
        expect(decayedViews(window, score, atMs)).toBe(1);
        expect(decayedViews(window, score, atMs + TREND_WINDOWS[window])).toBeCloseTo(0.5, 9);
        expect(decayedViews(window, score, atMs - TREND_WINDOWS[window])).toBeCloseTo(2, 9);
      }),
    );
  });

  test('sums count as the views themselves do', () => {
    const ages = [0, 1000, 3_600_000, 86_400_000];
    for (const window of WINDOWS) {
      const score = ages.map((age) => viewScore(window, NOW_MS - age)).reduce(addScores);
      const expected = ages.reduce((sum, age) => sum + 2 ** (-age / TREND_WINDOWS[window]), 0);
      expect(decayedViews(window, score, NOW_MS)).toBeCloseTo(expected, 9);
    }
  });

  test('a million views of one moment count a million', () => {
    let score = viewScore('24h', NOW_MS);
    for (let views = 1; views < 1_000_000; views += 1) score = addScores(score, viewScore('24h', NOW_MS));
    expect(decayedViews('24h', score, NOW_MS) / 1_000_000).toBeCloseTo(1, 6);
  });

  test('a sum does not depend on order, and is never less than its parts', () => {
    fc.assert(
      fc.property(aScore, aScore, aScore, (a, b, c) => {
        expect(addScores(a, b)).toBe(addScores(b, a));
        expect(addScores(addScores(a, b), c)).toBeCloseTo(addScores(a, addScores(b, c)), 6);
        expect(addScores(a, b)).toBeGreaterThanOrEqual(Math.max(a, b));
        expect(addScores(a, b)).toBeLessThanOrEqual(Math.max(a, b) + 1);
      }),
    );
  });

  test('the order of two programs stays as time goes on without views', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WINDOWS),
        aMoment,
        aMoment,
        fc.nat(1e6),
        (window, first, second, later) => {
          const [a, b] = [viewScore(window, first), viewScore(window, second)];
          const nowMs = Math.max(first, second) + later;
          const [aViews, bViews] = [decayedViews(window, a, nowMs), decayedViews(window, b, nowMs)];
          expect(a > b ? aViews >= bViews : aViews <= bViews).toBe(true);
        },
      ),
    );
  });

  test('views that are a century apart neither overflow nor underflow into nonsense', () => {
    const [old, recent] = [viewScore('1h', Date.UTC(1926, 0, 1)), viewScore('1h', NOW_MS)];
    expect(addScores(old, recent)).toBe(recent);
    expect(decayedViews('1h', old, NOW_MS)).toBe(0);
    expect(addScores(Number.NEGATIVE_INFINITY, recent)).toBe(recent);
  });
});
