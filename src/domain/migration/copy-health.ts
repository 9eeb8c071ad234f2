/** How reads of a copy have gone lately, on this instance. */
export interface CopyHealth {
  /** A read that the copy answered, right or wrong, after so many milliseconds. */
  answered(durationMs: number): void;
  failed(): void;
  /** The copy did not have what it must have. */
  missed(): void;
  /** Of the last ten seconds, or since {@link CopyHealth.forget}. */
  recent(): HealthReport;
  /** Begins anew: what was before says nothing of what comes. */
  forget(): void;
}

export interface HealthReport {
  readonly reads: number;
  /** Share of reads that failed, 0 to 1. */
  readonly errorRate: number;
  /** Milliseconds; 0 without reads. */
  readonly p99Ms: number;
  readonly missed: number;
}

const WINDOW_MS = 10_000;
const SLICE_MS = 1000;
/** Times of so many reads of a slice are kept; of more, an even sample. */
const SAMPLES = 1000;

interface Slice {
  readonly begunAt: number;
  answered: number;
  failed: number;
  missed: number;
  readonly times: number[];
}

/** Counts in slices of a second, so that what is old goes by itself. `elapsedMs` never goes back. */
export function createCopyHealth({ elapsedMs }: { readonly elapsedMs: () => number }): CopyHealth {
  let slices: readonly Slice[] = [];
  const current = (): Slice => {
    const now = elapsedMs();
    const last = slices.at(-1);
    if (last !== undefined && now - last.begunAt < SLICE_MS) return last;
    const next = { begunAt: now, answered: 0, failed: 0, missed: 0, times: [] };
    slices = [...slices.filter(({ begunAt }) => now - begunAt < WINDOW_MS), next];
    return next;
  };
  return {
    answered(durationMs) {
      const slice = current();
      // Every time at first, then each in its turn in place of an older one.
      slice.times[slice.answered % SAMPLES] = durationMs;
      slice.answered += 1;
    },
    failed() {
      current().failed += 1;
    },
    missed() {
      current().missed += 1;
    },
    recent() {
      const now = elapsedMs();
      return reportOf(slices.filter(({ begunAt }) => now - begunAt < WINDOW_MS));
    },
    forget() {
      slices = [];
    },
  };
}

function reportOf(slices: readonly Slice[]): HealthReport {
  const sum = (name: 'answered' | 'failed' | 'missed') =>
    slices.reduce((total, slice) => total + slice[name], 0);
  const failed = sum('failed');
  const reads = sum('answered') + failed;
  const times = slices.flatMap((slice) => slice.times).sort((a, b) => a - b);
  return {
    reads,
    errorRate: reads === 0 ? 0 : failed / reads,
    p99Ms: times[Math.min(times.length - 1, Math.floor(times.length * 0.99))] ?? 0,
    missed: sum('missed'),
  };
}
