import { isPlain } from '../../domain/limits/plain-request.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import type { Denials } from './denials.ts';
import { createDenials } from './denials.ts';

export interface BlockCacheOptions {
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  /** The longest that a denial is held. Default: 1,000 milliseconds. */
  readonly maxHoldMs?: number | ((request: CounterRequest) => number);
  /** The most keys with denials kept at once; those asked for longest ago go. Default: 100,000. */
  readonly maxKeys?: number;
}

export interface BlockCacheStats {
  /** Plain checks of one unit, which are those that may be answered here. */
  readonly checks: number;
  /** Those that were. */
  readonly hits: number;
  /** Keys with a denial. */
  readonly keys: number;
}

export const DEFAULT_MAX_HOLD_MS = 1_000;
const DEFAULT_MAX_KEYS = 100_000;

/**
 * Remembers that a counter is used up, so that the store is not asked again before that can have changed: a key that is far over
 * its limit costs the store next to nothing.
 *
 * Sound: it denies only what the store would deny at that instant. A denial without a unit left is held no longer than its own
 * wait, reckoned from before the store was asked; the wait that callers are told is reckoned from when the answer came, so that it
 * is long enough. Only checks of one unit without a permit are answered here, for only their decisions are known as a whole.
 *
 * What another instance does that lets requests pass sooner (a refund, a reset) goes unseen for at most `maxHoldMs`; what is done
 * through this one counts at once. Another limit is another entry.
 */
export function withBlockCache(
  store: CounterStore,
  { clock, maxHoldMs = DEFAULT_MAX_HOLD_MS, maxKeys = DEFAULT_MAX_KEYS }: BlockCacheOptions,
): CounterStore & { stats(): BlockCacheStats } {
  const holdMs = typeof maxHoldMs === 'number' ? () => maxHoldMs : maxHoldMs;
  const denials = createDenials({ clock, holdMs, maxKeys });
  const counts = { checks: 0, hits: 0 };
  const find = (request: CounterRequest): Decision | undefined => {
    if (!isPlain(request) || request.cost !== 1) return undefined;
    counts.checks += 1;
    const known = denials.find(request);
    if (known !== undefined) counts.hits += 1;
    return known;
  };

  const learning = createLearning(denials);

  return {
    async consume(request, call) {
      call.signal.throwIfAborted();
      const known = find(request);
      if (known !== undefined) return known;
      return learning(
        [request],
        () => store.consume(request, call),
        (decision) => [decision],
      );
    },
    knownDenial: find,
    peek: (request, call) => store.peek(request, call),
    consumeAll: (requests, call) =>
      learning(
        requests,
        () => store.consumeAll(requests, call),
        (decisions) => decisions,
      ),
    ...dropping(store, denials),
    stats: () => ({ ...counts, keys: denials.keys() }),
  };
}

/** Lets the denials know of a call that goes on to the store. */
function createLearning(denials: Denials) {
  return async <Answer>(
    requests: readonly CounterRequest[],
    ask: () => Promise<Answer>,
    decisionsOf: (answer: Answer) => readonly Decision[],
  ): Promise<Answer> => {
    const departure = denials.depart(requests);
    let decisions: readonly Decision[] | undefined;
    try {
      const answer = await ask();
      decisions = decisionsOf(answer);
      return answer;
    } finally {
      denials.arrive(departure, decisions);
    }
  };
}

/** The calls that change a counter, or a whole key. */
function dropping(
  store: CounterStore,
  denials: Denials,
): Pick<CounterStore, 'consumeUpTo' | 'refund' | 'block' | 'reset'> {
  return {
    consumeUpTo: (request, least, call) =>
      changing(
        () => store.consumeUpTo(request, least, call),
        () => denials.drop(request),
      ),
    refund: (refund, call) =>
      changing(
        () => store.refund(refund, call),
        () => denials.drop(refund),
      ),
    block: (key, policy, forMs, call) =>
      changing(
        () => store.block(key, policy, forMs, call),
        () => denials.drop({ key, policy }),
      ),
    reset: (key, call) =>
      changing(
        () => store.reset(key, call),
        () => denials.dropKey(key),
      ),
  };
}

/** Drops after the call, with what those bring who asked while it was under way; also where it failed, for it may have been made. */
async function changing<Answer>(change: () => Promise<Answer>, drop: () => void): Promise<Answer> {
  try {
    return await change();
  } finally {
    drop();
  }
}
