import type { ModelCounter } from './model.ts';

/** Who holds how many units, and until when. */
export function createHolders(windowMs: number): ModelCounter {
  const holders = new Map<string, { readonly units: number; readonly untilMs: number }>();

  const live = (nowMs: number) =>
    [...holders.values()].filter(({ untilMs }) => untilMs > nowMs).toSorted((a, b) => a.untilMs - b.untilMs);

  function known(permitId: string, nowMs: number): number | undefined {
    const holder = holders.get(permitId);
    return holder && holder.untilMs > nowMs ? holder.units : undefined;
  }

  return {
    look(limit, cost, nowMs) {
      const counted = live(nowMs);
      const room = limit - counted.reduce((sum, { units }) => sum + units, 0);
      const waits = counted.map(({ untilMs }, index) => ({
        waitMs: untilMs - nowMs,
        room: room + counted.slice(0, index + 1).reduce((sum, { units }) => sum + units, 0),
      }));
      const wait = room >= cost ? 0 : waits.find((each) => each.room >= cost)?.waitMs;
      return {
        allowed: cost <= room,
        remaining: Math.max(0, room),
        retryAfterMs: wait ?? Number.POSITIVE_INFINITY,
        resetAfterMs: waits.at(-1)?.waitMs ?? 0,
      };
    },

    take(units, _limit, nowMs, permitId) {
      if (permitId === undefined) return;
      holders.set(permitId, { units: known(permitId, nowMs) ?? units, untilMs: nowMs + windowMs });
    },

    known,

    giveBack(_cost, _nowMs, permitId) {
      if (permitId !== undefined) holders.delete(permitId);
    },
  };
}
