import type { HotProgramStore, HotRead, HotWrite } from '../../../src/ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../../src/ports/hot-program-store.ts';
import type { FakeClock } from '../../support/fake-clock.ts';

/** What a write to the catalogue made of a key. */
export interface Written {
  readonly version: number;
  /** Absent: deleted. */
  readonly title: string | undefined;
  readonly viewCount: number;
  /** Whether the phase of the record asked for a mark when it was made. */
  readonly isMarked: boolean;
}

/** What the copy must have of a key. */
interface Copied {
  readonly version: number;
  readonly expiresAt: number;
}

/** The promises of a migration. */
export type Invariant =
  | 'no write is missing from the copy after the outbox drained'
  | 'versions of a key in the copy never go down'
  | 'no read after an acknowledged delete returns the program'
  | 'no read is older than what its reader must know'
  | 'no read answers what the catalogue never had'
  | 'both sides are equal when all is quiet'
  | 'a failing copy fails no request'
  | 'an expired item is never returned'
  | 'instances are at most one step apart'
  | 'an acknowledged view is counted once'
  | 'all comes to rest';

export class Broken extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, detail: string) {
    super(`${invariant}: ${detail}`);
    this.name = 'Broken';
    this.invariant = invariant;
  }
}

/** What really happened, as the stores themselves saw it. */
export interface Ledger {
  /** Every state that a key had, oldest first. */
  history(key: string): readonly Written[];
  wrote(key: string, state: Written): void;
  /** What was written last to the copy and has not expired. */
  copied(key: string): Copied | undefined;
  /** What was written last to the copy, expired or not. */
  lastCopied(key: string): number;
  keys(): readonly string[];
  /** Watches the copy's store. */
  watch(store: HotProgramStore): HotProgramStore;
  fail(invariant: Invariant, detail: string): void;
  /** @throws what was found to be broken, at first. */
  check(): void;
}

export function createLedger(clock: FakeClock): Ledger {
  const histories = new Map<string, Written[]>();
  const copies = new Map<string, Copied>();
  let broken: Broken | undefined;
  const fail = (invariant: Invariant, detail: string) => {
    broken ??= new Broken(invariant, detail);
  };
  const copied = (key: string) => {
    const copy = copies.get(key);
    return copy !== undefined && copy.expiresAt > clock.now() ? copy : undefined;
  };
  const applied = async (key: string, write: Promise<HotWrite>, version: number, ttlMs: number) => {
    const result = await write;
    if (result.outcome !== 'applied') return result;
    const before = copied(key);
    if (before !== undefined && before.version > version)
      fail('versions of a key in the copy never go down', `${key} went from ${before.version} to ${version}`);
    copies.set(key, { version, expiresAt: clock.now() + ttlMs });
    return result;
  };
  const examine = (key: string, read: HotRead | undefined) => {
    if (read?.outcome === 'hit' && copied(key) === undefined) fail('an expired item is never returned', key);
  };
  return {
    history: (key) => histories.get(key) ?? [],
    wrote: (key, state) => histories.set(key, [...(histories.get(key) ?? []), state]),
    copied,
    lastCopied: (key) => copies.get(key)?.version ?? 0,
    keys: () => [...histories.keys()],
    fail,
    check() {
      if (broken !== undefined) throw broken;
    },
    watch: (store) => ({
      ...store,
      put: (program, options, call) =>
        applied(
          program.programId,
          store.put(program, options, call),
          program.version,
          options.ttlMs ?? Number.POSITIVE_INFINITY,
        ),
      delete: (removal, call, options) =>
        applied(removal.programId, store.delete(removal, call, options), removal.version, TOMBSTONE_KEPT_MS),
      async get(key, call) {
        const read = await store.get(key, call);
        examine(key, read);
        return read;
      },
      async getMany(keys, call) {
        const reads = await store.getMany(keys, call);
        for (const [at, key] of keys.entries()) examine(key, reads[at]);
        return reads;
      },
    }),
  };
}
