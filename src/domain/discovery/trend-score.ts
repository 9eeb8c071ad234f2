/**
 * Forward-decayed counts (Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay", ICDE 2009), kept as logarithms.
 *
 * Each program has one number a window: s = log2 of the sum over its views of 2^((t - L) / h), where h is the window as a
 * half-life and L a fixed landmark. All scores fade by the same factor as time goes on, so their order never changes
 * without views: `s` is a sort key that needs no re-scoring. As a logarithm it can not overflow.
 */
export const TREND_WINDOWS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;

export type TrendWindow = keyof typeof TREND_WINDOWS;

/** L, in epoch milliseconds. Changing it would make stored scores incomparable. */
const TREND_LANDMARK_MS = Date.UTC(2026, 0, 1);

/** The score of a single view at a moment. */
export function viewScore(window: TrendWindow, atMs: number): number {
  return (atMs - TREND_LANDMARK_MS) / TREND_WINDOWS[window];
}

/** The score of both together: log2(2^a + 2^b) without leaving the logarithm. */
export function addScores(a: number, b: number): number {
  return Math.max(a, b) + Math.log2(1 + 2 ** -Math.abs(a - b));
}

/** The decayed number of views that a score stands for at a moment. */
export function decayedViews(window: TrendWindow, score: number, nowMs: number): number {
  return 2 ** (score - viewScore(window, nowMs));
}
