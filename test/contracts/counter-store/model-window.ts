import type { ModelCounter } from './model.ts';

/** Units in each of the parts that a window is cut into; what is taken counts for so many parts, its own included. */
export function createWindow(windowMs: number, parts: number, counts: number): ModelCounter {
  const taken = new Map<number, number>();
  const permits = new Map<string, { readonly units: number; readonly part: number }>();

  const partAt = (nowMs: number) => Math.floor((nowMs * parts) / windowMs);
  const endOf = (part: number) => Math.ceil(((part + counts) * windowMs) / parts);

  /** What still counts, oldest first. */
  function live(nowMs: number): readonly (readonly [part: number, units: number])[] {
    const found = [...taken].filter(([part, units]) => endOf(part) > nowMs && units > 0);
    if (found.length === 0) permits.clear();
    return found.toSorted(([one], [other]) => one - other);
  }

  function known(permitId: string, nowMs: number) {
    const isWhole = live(nowMs).length === 0;
    const permit = permits.get(permitId);
    return permit && !isWhole && endOf(permit.part) > nowMs ? permit : undefined;
  }

  function remove(part: number, units: number): number {
    const back = Math.min(units, taken.get(part) ?? 0);
    taken.set(part, (taken.get(part) ?? 0) - back);
    return back;
  }

  return {
    look(limit, cost, nowMs) {
      const counted = live(nowMs);
      let room = limit - counted.reduce((sum, [, units]) => sum + units, 0);
      const remaining = Math.max(0, room);
      const allowed = cost <= room;
      let retryAfterMs = cost > limit ? Number.POSITIVE_INFINITY : 0;
      for (const [part, units] of counted) {
        if (room >= cost || cost > limit) break;
        room += units;
        retryAfterMs = endOf(part) - nowMs;
      }
      const last = counted.at(-1);
      return { allowed, remaining, retryAfterMs, resetAfterMs: last ? endOf(last[0]) - nowMs : 0 };
    },

    take(units, _limit, nowMs, permitId) {
      if (permitId !== undefined && known(permitId, nowMs)) return;
      live(nowMs);
      const part = partAt(nowMs);
      taken.set(part, (taken.get(part) ?? 0) + units);
      if (permitId !== undefined) permits.set(permitId, { units, part });
    },

    known: (permitId, nowMs) => known(permitId, nowMs)?.units,

    giveBack(cost, nowMs, permitId) {
      const permit = permitId === undefined ? undefined : known(permitId, nowMs);
      if (permitId !== undefined) {
        permits.delete(permitId);
        if (permit) remove(permit.part, Math.min(cost, permit.units));
        return;
      }
      let left = cost;
      for (const [part] of live(nowMs).toReversed()) left -= remove(part, left);
    },
  };
}
