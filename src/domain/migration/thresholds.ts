/** What a migration holds itself to. */
export interface MigrationBounds {
  /** How old the oldest mark may be. Milliseconds. */
  readonly maxLagMs: number;
  /** How long 100 % of reads must have come from the copy before it may become primary. Milliseconds. */
  readonly soakMs: number;
  /** Comparisons since the last change that `primary` asks for. */
  readonly minComparisons: number;
  /** A read of the copy is given up after so long. Milliseconds. */
  readonly copyReadTimeoutMs: number;
}

/** Shares of reads, in per cent, that `advance` goes through; back they are gone through one by one as well. */
export const READ_LADDER = [1, 10, 50, 100] as const;

/** The next share of reads above this one, or `undefined` at the top. */
export function higherShare(readPercent: number): number | undefined {
  return READ_LADDER.find((share) => share > readPercent);
}

/** The next share below this one; 0 below the lowest. */
export function lowerShare(readPercent: number): number {
  return READ_LADDER.findLast((share) => share < readPercent) ?? 0;
}
