import type { Tally } from '../../ports/comparisons.ts';

/** Comparisons that came to a result; one that failed says nothing about the copy. */
export function comparedOf(tally: Tally): number {
  const { error: _error, ...results } = tally;
  return Object.values(results).reduce((sum: number, count) => sum + (count ?? 0), 0);
}

/** Comparisons that found the copy wrong. */
export function mismatchesOf(tally: Tally): number {
  return comparedOf(tally) - (tally.match ?? 0);
}
