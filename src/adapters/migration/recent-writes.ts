/**
 * What this instance wrote lately, so that its reads are never older than its own writes. A key goes when it is too long ago, or when
 * too many others came after it; not when a copy that is new enough was seen, since a store may answer an older one after it.
 */
export interface RecentWrites {
  /** `version` is what was written; absent: not known, so no copy is new enough until it is. */
  note(key: string, version: number | undefined): void;
  /** The least version that a copy of the key must have; 0 when any will do. */
  leastVersion(key: string): number;
}

export interface RecentWritesOptions {
  readonly elapsedMs: () => number;
  /** How long a write is remembered at most. Milliseconds. */
  readonly keptMs: number;
  readonly maxKeys: number;
}

interface Write {
  readonly least: number;
  /** The highest version that is known to be written; 0: none. */
  readonly known: number;
  readonly at: number;
}

export function createRecentWrites({ elapsedMs, keptMs, maxKeys }: RecentWritesOptions): RecentWrites {
  const writes = new Map<string, Write>();
  const remembered = (key: string): Write | undefined => {
    const write = writes.get(key);
    return write !== undefined && elapsedMs() - write.at < keptMs ? write : undefined;
  };
  return {
    note(key, version) {
      // Answers of writes that were under way together can come in any order.
      const known = Math.max(version ?? 0, remembered(key)?.known ?? 0);
      // Set anew, so that the order of the map is that of the writes.
      writes.delete(key);
      writes.set(key, {
        known,
        least: version === undefined ? Number.POSITIVE_INFINITY : known,
        at: elapsedMs(),
      });
      if (writes.size <= maxKeys) return;
      const [oldest] = writes.keys();
      if (oldest !== undefined) writes.delete(oldest);
    },
    leastVersion(key) {
      const write = remembered(key);
      if (write === undefined) writes.delete(key);
      return write?.least ?? 0;
    },
  };
}
