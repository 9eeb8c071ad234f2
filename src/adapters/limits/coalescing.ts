import { counterName } from '../../domain/limits/counter-name.ts';
import { isPlain } from '../../domain/limits/plain-request.ts';
import type { Call } from '../../ports/call.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import type { Waiters } from './waiters.ts';
import { createWaiters } from './waiters.ts';

export interface CoalescingOptions {
  /** The most checks in one call. Default: 1,000. */
  readonly maxGroup?: number;
}

export interface CoalescingStats {
  /** Plain checks of one unit, which are those that may share a call. */
  readonly checks: number;
  /** What was asked of the store for them. */
  readonly storeCalls: number;
}

const DEFAULT_MAX_GROUP = 1_000;

type Group = Waiters<Decision>;

/**
 * Checks of one counter that come within a turn of the event loop become one call to the store. However many ask at once for a
 * popular key, the store changes it once or twice. One that comes alone is passed on as it is, in the same turn.
 *
 * Decisions are as if the checks had come one after another, in their order; only `resetAfterMs` is as of after the last one that
 * passed. Checks that are not plain or not of one unit go their own way, and may overtake.
 *
 * Who goes away before the call is made takes nothing; later the unit may have been taken, and goes to the next in line if there
 * is one. The call is given up when nobody waits for it any more. An error is that of all who have no answer yet.
 */
export function withCoalescing(
  store: CounterStore,
  { maxGroup = DEFAULT_MAX_GROUP }: CoalescingOptions = {},
): CounterStore & { stats(): CoalescingStats } {
  const groups = new Map<string, Group>();
  const counts = { checks: 0, storeCalls: 0 };
  const sending = createSending(store, () => {
    counts.storeCalls += 1;
  });

  function sendAll(): void {
    const gathered = [...groups.values()];
    groups.clear();
    for (const group of gathered) sending(group);
  }

  function enter(request: CounterRequest, call: Call): Promise<Decision> {
    const name = `${request.policy.limit}:${counterName(request.policy)}:${request.key}`;
    if (groups.size === 0) setImmediate(sendAll);
    const group = groups.get(name) ?? createWaiters<Decision>();
    groups.set(name, group);
    const answer = group.join(request, call);
    if (group.waiting.size >= maxGroup) {
      groups.delete(name);
      sending(group);
    }
    return answer;
  }

  return {
    ...store,
    async consume(request, call) {
      call.signal.throwIfAborted();
      if (!isPlain(request) || request.cost !== 1) return store.consume(request, call);
      counts.checks += 1;
      return enter(request, call);
    },
    stats: () => ({ ...counts }),
  };
}

/** Asks the store for a group. */
function createSending(store: CounterStore, onCall: () => void): (group: Group) => void {
  async function decide({ waiting, call }: Group): Promise<void> {
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      onCall();
      const { taken, decision } = await store.consumeUpTo(
        { ...first.request, cost: waiting.size },
        1,
        call(),
      );
      if (taken > 0) admit(waiting, taken, decision);
      else for (const waiter of waiting) waiter.answer(decision);
    }
  }

  return (group) => {
    const [first, second] = group.waiting;
    if (second !== undefined) decide(group).catch(group.failAll);
    else if (first !== undefined) {
      onCall();
      first.answer(store.consume(first.request, first.call));
    }
  };
}

/** Of units that were taken together the first caller has one, while the others are still there, and so on. */
function admit(waiting: Group['waiting'], taken: number, decision: Decision): void {
  let left = taken;
  for (const waiter of waiting) {
    if (left === 0) return;
    left -= 1;
    waiter.answer({ ...decision, remaining: decision.remaining + left });
  }
}
