import { StoreNotAsked } from '../../domain/errors.ts';
import type { FailureCount, FailureLimit } from './failure-count.ts';
import { createFailureCount } from './failure-count.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly reason: string;
}

/**
 * What a rejection says of the store. `answer`: it works, though the answer is an error. `neither`: nothing, as when the caller
 * has gone.
 */
export type Verdict = 'failure' | 'answer' | 'neither';

export interface BreakerOptions {
  /** What is behind it, for errors. */
  readonly store: string;
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly failures: FailureLimit;
  /** How long nothing is tried. A probe that has not ended after so long is taken for failed. */
  readonly openMs: number;
  /** Default: every rejection is a failure. */
  readonly judge?: (error: unknown) => Verdict;
  readonly onChange?: (change: BreakerChange) => void;
}

export interface Breaker {
  /** @throws StoreNotAsked when nothing is tried now, with the reason as its cause; else what `work` throws. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Opens at once, also when it is open already: the time begins anew. */
  trip(reason: string): void;
  state(): BreakerState;
}

/**
 * Spares a store that fails, and its callers the wait. Closed: everything is tried. Open: nothing is. Half-open, from the first
 * call after `openMs`: one call is tried, and its outcome closes or opens it. Outcomes of calls that began in an earlier state
 * count for nothing.
 */
export function createBreaker(options: BreakerOptions): Breaker {
  const { store, judge = () => 'failure' } = options;
  const machine = createMachine(options);
  return {
    async run(work) {
      const attempt = machine.begin();
      if (attempt === undefined)
        throw new StoreNotAsked(store, new Error(`the breaker is open: ${machine.current().reason}`));
      try {
        const result = await work();
        attempt.end('answer');
        return result;
      } catch (error) {
        attempt.end(judge(error));
        throw error;
      }
    },
    trip: (reason) => machine.change('open', reason),
    state: () => machine.current().state,
  };
}

interface Current {
  readonly state: BreakerState;
  readonly reason: string;
  readonly sinceMs: number;
  readonly count: FailureCount;
  /** `undefined`: no probe is under way. */
  probeSinceMs: number | undefined;
}

interface Machine {
  current(): Current;
  change(to: BreakerState, reason: string): void;
  /** Undefined: nothing is to be tried now. */
  begin(): { end(verdict: Verdict): void } | undefined;
}

function createMachine({ clock, openMs, failures, onChange }: BreakerOptions): Machine {
  const enter = (state: BreakerState, reason: string): Current => {
    return {
      state,
      reason,
      sinceMs: clock(),
      count: createFailureCount(failures, clock),
      probeSinceMs: undefined,
    };
  };
  let current = enter('closed', 'new');
  const change = (to: BreakerState, reason: string) => {
    const from = current.state;
    current = enter(to, reason);
    if (from !== to) onChange?.({ from, to, reason });
  };
  const moveOn = () => {
    const { state, sinceMs, probeSinceMs } = current;
    const isOver = (startMs: number) => clock() - startMs >= openMs;
    if (state === 'open' && isOver(sinceMs)) change('half-open', 'time for a probe');
    else if (probeSinceMs !== undefined && isOver(probeSinceMs))
      change('open', 'a probe did not end in time');
  };
  return {
    current: () => current,
    change,
    begin() {
      moveOn();
      const begunIn = current;
      if (begunIn.state === 'open' || begunIn.probeSinceMs !== undefined) return undefined;
      if (begunIn.state === 'half-open') begunIn.probeSinceMs = clock();
      const end = (verdict: Verdict) => {
        if (current !== begunIn) return;
        begunIn.probeSinceMs = undefined;
        const next = nextState(begunIn, verdict);
        if (next !== undefined) change(next.to, next.reason);
      };
      return { end };
    },
  };
}

/** Undefined: the state stays. */
function nextState(
  { state, count }: Current,
  verdict: Verdict,
): { readonly to: BreakerState; readonly reason: string } | undefined {
  if (verdict === 'neither') return undefined;
  if (state === 'half-open') {
    return verdict === 'failure'
      ? { to: 'open', reason: 'a probe failed' }
      : { to: 'closed', reason: 'a probe succeeded' };
  }
  if (verdict === 'failure')
    return count.failed() ? { to: 'open', reason: 'too many calls failed' } : undefined;
  count.succeeded();
  return undefined;
}
