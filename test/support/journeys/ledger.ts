/** What a read answered for a key: `undefined` for not found. */
export type Seen = { readonly version: number; readonly title: string } | undefined;

/** What the only writer of a key knows of it. */
interface Entry {
  /** Acknowledged: of the live program, or of its deletion. */
  version: number;
  isLive: boolean;
  /** Deletes begun so far: while the number changes a read may find nothing. */
  deletes: number;
  isDeleting: boolean;
  /** A write is under way, so what is read may be newer than what was acknowledged. */
  isWriting: boolean;
  readonly titles: Map<number, string>;
}

/** What was acknowledged when a read began. */
export interface Glance {
  readonly key: string;
  readonly version: number;
  readonly isLive: boolean;
  readonly deletes: number;
  readonly isDeleting: boolean;
}

/**
 * What clients of one instance were told of their keys. Each key has one writer at a time, so a read is judged by what was
 * acknowledged before it began and what was begun before it ended.
 */
export interface Ledger {
  /** Keys that can be read and judged. */
  keys(): readonly string[];
  begin(key: string, kind: 'write' | 'delete'): void;
  wrote(key: string, version: number, title: string): void;
  deleted(key: string): void;
  /** The answer was lost: whether it was done can not be known, and it may be done yet. The key is used no more. */
  lost(key: string): void;
  isLive(key: string): boolean;
  glance(key: string): Glance | undefined;
  /** What is wrong with what was read; nothing when the key was lost meanwhile. */
  fault(before: Glance, seen: Seen): string | undefined;
  /** The least that must be stored of every key, of lost ones too. */
  acknowledged(): ReadonlyMap<string, { readonly version: number; readonly title: string | undefined }>;
}

export function createLedger(): Ledger {
  const entries = new Map<string, Entry>();
  const lost = new Map<string, Entry>();
  const change = (key: string, next: Partial<Entry>): void => {
    const entry = entries.get(key) ?? newEntry();
    entries.set(key, Object.assign(entry, next));
  };
  return {
    keys: () => [...entries.keys()],
    begin(key, kind) {
      const deletes = (entries.get(key)?.deletes ?? 0) + (kind === 'delete' ? 1 : 0);
      change(key, { isWriting: true, isDeleting: kind === 'delete', deletes });
    },
    wrote(key, version, title) {
      change(key, { version, isLive: true, isWriting: false, isDeleting: false });
      entries.get(key)?.titles.set(version, title);
    },
    deleted(key) {
      // A delete takes the next version, and nobody else writes the key.
      const version = (entries.get(key)?.version ?? 0) + 1;
      change(key, { version, isLive: false, isWriting: false, isDeleting: false });
    },
    lost(key) {
      const entry = entries.get(key);
      if (entry !== undefined) lost.set(key, entry);
      entries.delete(key);
    },
    isLive: (key) => entries.get(key)?.isLive === true,
    glance(key) {
      const entry = entries.get(key);
      return entry && { key, ...pick(entry) };
    },
    fault(before, seen) {
      const now = entries.get(before.key);
      const fault = now && faultOf(before, now, seen);
      return fault && `${before.key}: ${fault}; acknowledged when asked: ${JSON.stringify(before)}`;
    },
    acknowledged: () =>
      new Map(
        [...entries, ...lost].map(([key, { version, titles }]) => [
          key,
          { version, title: titles.get(version) },
        ]),
      ),
  };
}

function newEntry(): Entry {
  return { version: 0, isLive: false, deletes: 0, isDeleting: false, isWriting: false, titles: new Map() };
}

function pick({ version, isLive, deletes, isDeleting }: Entry) {
  return { version, isLive, deletes, isDeleting };
}

function faultOf(before: Glance, now: Entry, seen: Seen): string | undefined {
  if (seen === undefined) {
    const mayBeGone = !before.isLive || before.isDeleting || now.deletes !== before.deletes;
    return mayBeGone ? undefined : 'not found';
  }
  const { version, title } = seen;
  if (version < before.version) return `version ${version} is older than acknowledged`;
  if (!before.isLive && version === before.version) return `version ${version} is of a deleted program`;
  const written = now.titles.get(version);
  if (written !== undefined && written !== title) return `version ${version} says ${title}, not ${written}`;
  if (version > now.version && !now.isWriting) return `version ${version} was never acknowledged nor begun`;
  return undefined;
}
