import { EVENT_MEMORY_MS } from '../../../ports/activity-store.ts';

/** Remembers events for as long as the port says; each new one pays for forgetting two. */
export function createSeenEvents() {
  // Insertion order is order of age.
  const seenAtMs = new Map<string, number>();

  function dropExpired(nowMs: number): void {
    let looked = 0;
    for (const [eventId, seenMs] of seenAtMs) {
      if (looked === 2 || nowMs - seenMs <= EVENT_MEMORY_MS) return;
      seenAtMs.delete(eventId);
      looked += 1;
    }
  }

  return {
    /** Whether the event was not seen before; it is now. */
    isFirst(eventId: string, nowMs: number): boolean {
      dropExpired(nowMs);
      const seenMs = seenAtMs.get(eventId);
      if (seenMs !== undefined && nowMs - seenMs <= EVENT_MEMORY_MS) return false;
      seenAtMs.delete(eventId);
      seenAtMs.set(eventId, nowMs);
      return true;
    },
    size: () => seenAtMs.size,
  };
}
