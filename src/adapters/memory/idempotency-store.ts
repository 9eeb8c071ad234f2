import type { JsonValue } from '../../domain/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyState, IdempotencyStore } from '../../ports/idempotency-store.ts';
import { ANSWER_KEPT_MS } from '../../ports/idempotency-store.ts';

export interface MemoryIdempotencyStoreOptions {
  readonly clock: Clock;
  /**
   * At most so many keys are kept, the oldest go first; a key that is worked on goes only when all are. Default 100,000.
   */
  readonly maxKeys?: number;
}

interface Entry {
  readonly fingerprint: string;
  readonly leaseUntilMs: number;
  /** `undefined` while the request is worked on. */
  readonly answer: { readonly value: JsonValue } | undefined;
  readonly expiresAtMs: number;
}

/** Expired keys are looked for among the oldest so many, each time a key is taken. */
const LOOKED_AT_ONCE = 20;

/** Idempotency keys in this process. */
export function createMemoryIdempotencyStore(options: MemoryIdempotencyStoreOptions): IdempotencyStore {
  const { clock, maxKeys = 100_000 } = options;
  const entries = new Map<string, Entry>();

  const reserve = (key: string, fingerprint: string, leaseUntilMs: number) => {
    // Deleted first, so that the map stays in the order in which keys were taken.
    entries.delete(key);
    entries.set(key, {
      fingerprint,
      leaseUntilMs,
      answer: undefined,
      expiresAtMs: leaseUntilMs + ANSWER_KEPT_MS,
    });
    dropExpired(entries, clock.now());
    if (entries.size > maxKeys) dropOldest(entries, clock.now());
  };
  return {
    begin: async (key, fingerprint, leaseMs, call) => {
      call.signal.throwIfAborted();
      const state = stateOf(entries.get(key), fingerprint, clock.now());
      if (state.state === 'fresh' || state.state === 'retry')
        reserve(key, fingerprint, clock.now() + leaseMs);
      return state;
    },
    complete: async (key, answer, call) => {
      call.signal.throwIfAborted();
      const entry = entries.get(key);
      if (entry === undefined || entry.answer !== undefined) return;
      const kept = { value: structuredClone(answer) };
      entries.set(key, { ...entry, answer: kept, expiresAtMs: clock.now() + ANSWER_KEPT_MS });
    },
    abandon: async (key, call) => {
      call.signal.throwIfAborted();
      if (entries.get(key)?.answer === undefined) entries.delete(key);
    },
  };
}

function stateOf(entry: Entry | undefined, fingerprint: string, nowMs: number): IdempotencyState {
  if (entry === undefined || entry.expiresAtMs <= nowMs) return { state: 'fresh' };
  if (entry.fingerprint !== fingerprint) return { state: 'mismatch' };
  if (entry.answer !== undefined) return { state: 'replay', answer: structuredClone(entry.answer.value) };
  return { state: entry.leaseUntilMs > nowMs ? 'in-flight' : 'retry' };
}

function dropExpired(entries: Map<string, Entry>, nowMs: number): void {
  let looked = 0;
  for (const [key, entry] of entries) {
    if (looked === LOOKED_AT_ONCE) return;
    if (entry.expiresAtMs <= nowMs) entries.delete(key);
    looked += 1;
  }
}

function dropOldest(entries: Map<string, Entry>, nowMs: number): void {
  const [first] = entries.keys();
  for (const [key, entry] of entries) {
    if (entry.answer === undefined && entry.leaseUntilMs > nowMs) continue;
    entries.delete(key);
    return;
  }
  if (first !== undefined) entries.delete(first);
}
