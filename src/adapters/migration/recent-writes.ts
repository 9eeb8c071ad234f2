/**
 * What this instance wrote lately, so that its reads are never older than its own writes. A key goes when the copy is known to
 * have caught up, when it is too long ago, or when too many others came after it.
 */
export interface RecentWrites {
  /** `version` is what was written; absent: not known, so no copy is new enough. */
  note(key: string, version: number | undefined): void;
  /** The least version that a copy of the key must have; 0 when any will do. */
  leastVersion(key: string): number;
  /** A copy of this version was seen. */
  seen(key: string, version: number): void;
}

export interface RecentWritesOptions {
  readonly elapsedMs: () => number;
  /** How long a write is remembered at most. Milliseconds. */
  readonly keptMs: number;
  readonly maxKeys: number;
}

interface Write {
  readonly version: number;
  readonly at: number;
}

export function createRecentWrites({ elapsedMs, keptMs, maxKeys }: RecentWritesOptions): RecentWrites {
  const writes = new Map<string, Write>();
  return {
    note(key, version = Number.POSITIVE_INFINITY) {
      // Set anew, so that the order of the map is that of the writes.
      writes.delete(key);
      writes.set(key, { version, at: elapsedMs() });
      if (writes.size <= maxKeys) return;
      const [oldest] = writes.keys();
      if (oldest !== undefined) writes.delete(oldest);
    },
    leastVersion(key) {
      const write = writes.get(key);
      if (write === undefined) return 0;
      if (elapsedMs() - write.at < keptMs) return write.version;
      writes.delete(key);
      return 0;
    },
    seen(key, version) {
      const write = writes.get(key);
      if (write !== undefined && version >= write.version) writes.delete(key);
    },
  };
}
