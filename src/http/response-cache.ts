import { LRUCache } from 'lru-cache';
import { fnv1a } from '../domain/fnv1a.ts';
import type { Call, ReadSource } from '../ports/call.ts';
import type { Clock } from '../ports/clock.ts';
import { HttpProblem } from './problems.ts';

/** An answer ready to be sent: never changed once made. */
export interface ReadyAnswer {
  readonly body: Buffer;
  /** Strong: equal tags mean equal bytes. */
  readonly etag: string;
  /** Which store it was made of. */
  readonly source: ReadSource;
}

/**
 * Answers kept as bytes.
 *
 * Each key belongs to a group, and each group has a generation. `invalidate` raises it: what was made of an older
 * generation is neither given out nor stored afterwards, also when its making began before and ends after.
 */
export interface ResponseCache {
  /** The answer, when there is one that may still be given out. Synchronous: a fresh hit costs no promise. */
  fresh(key: string): ReadyAnswer | undefined;
  /**
   * The answer of `make`. Callers of one key at one time share one `make`, its failure included; a failure is not kept.
   * `make` gets a deadline of its own, since no single caller's going away may end it for the others.
   */
  fill(key: string, group: string, make: (call: Call) => Promise<ReadyAnswer>): Promise<ReadyAnswer>;
  invalidate(groups: readonly string[]): void;
  /** Bytes held, keys and a flat overhead for each entry included. */
  size(): number;
}

export interface ResponseCacheDeps {
  readonly clock: Clock;
  /** 0 keeps nothing; single flight stays. */
  readonly maxBytes: number;
  readonly freshMs: number;
  readonly fillTimeoutMs: number;
}

interface Entry {
  readonly answer: ReadyAnswer;
  readonly slot: number;
  readonly generation: number;
  readonly storedAt: number;
}

interface Flight {
  readonly generation: number;
  readonly answer: Promise<ReadyAnswer>;
}

/** Groups share a fixed number of counters by hash: two that meet only cause a needless new fill. */
const SLOTS = 65_536;

/** What an entry costs beside its body and key: objects, list links, the tag. A generous estimate. */
const ENTRY_OVERHEAD_BYTES = 512;

export function createResponseCache(deps: ResponseCacheDeps): ResponseCache {
  const { clock, freshMs, fillTimeoutMs } = deps;
  const entries = createEntries(deps.maxBytes);
  const generations = new Uint32Array(SLOTS);
  const flights = new Map<string, Flight>();

  const launch = (key: string, slot: number, make: (call: Call) => Promise<ReadyAnswer>): Flight => {
    const generation = generations[slot] ?? 0;
    const answer = withDeadline(make, fillTimeoutMs).then(
      (made) => {
        // Off the list before anybody sees the answer: whoever comes next finds the entry, or asks anew.
        land(key, flight);
        if (generations[slot] === generation) {
          entries?.set(key, { answer: made, slot, generation, storedAt: clock.now() });
        }
        return made;
      },
      (error: unknown) => {
        land(key, flight);
        throw error;
      },
    );
    const flight: Flight = { generation, answer };
    flights.set(key, flight);
    return flight;
  };
  const land = (key: string, flight: Flight): void => {
    if (flights.get(key) === flight) flights.delete(key);
  };

  return {
    fresh(key) {
      const entry = entries?.get(key);
      if (entry === undefined || generations[entry.slot] !== entry.generation) return undefined;
      const age = clock.now() - entry.storedAt;
      // A clock that was set back must not make an answer live on.
      return age >= 0 && age < freshMs ? entry.answer : undefined;
    },
    fill(key, group, make) {
      const slot = slotOf(group);
      const flying = flights.get(key);
      // A flight that began before an invalidation reads old data: those who come after it do not wait for it.
      if (flying !== undefined && flying.generation === generations[slot]) return flying.answer;
      return launch(key, slot, make).answer;
    },
    invalidate(groups) {
      for (const group of groups) generations[slotOf(group)] = (generations[slotOf(group)] ?? 0) + 1;
    },
    size: () => entries?.calculatedSize ?? 0,
  };
}

function createEntries(maxBytes: number): LRUCache<string, Entry> | undefined {
  if (maxBytes === 0) return undefined;
  return new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ answer }, key) => answer.body.length + 2 * key.length + ENTRY_OVERHEAD_BYTES,
  });
}

async function withDeadline(
  make: (call: Call) => Promise<ReadyAnswer>,
  timeoutMs: number,
): Promise<ReadyAnswer> {
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const problem = new HttpProblem('handler-timeout', `the answer was not ready after ${timeoutMs} ms`);
    controller.abort(problem);
    reject(problem);
  }, timeoutMs);
  try {
    return await Promise.race([make({ signal: controller.signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}

function slotOf(group: string): number {
  return fnv1a(group) % SLOTS;
}
