import type { Load } from './load.ts';

/** What the requests of a while took and how they ended. */
export interface Figures {
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly slowest: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Of the requests that began since, and have ended. */
export function figuresSince(loads: readonly Load[], since: number): Figures {
  const taken = loads.flatMap((load) => load.client.taken()).filter(({ begunAt }) => begunAt >= since);
  const times = taken.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const statuses: Record<string, number> = {};
  for (const { status } of taken) statuses[`${status}`] = (statuses[`${status}`] ?? 0) + 1;
  return {
    requests: taken.length,
    p50: times[Math.floor(times.length / 2)] ?? 0,
    slowest: times.at(-1) ?? 0,
    statuses,
  };
}
