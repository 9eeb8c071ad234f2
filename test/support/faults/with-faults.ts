import { setTimeout as delay } from 'node:timers/promises';
import { StoreThrottled, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import type { Answers } from './answers.ts';
import { createAnswers } from './answers.ts';
import type { Fault, FaultPlan } from './fault.ts';
import { isCall } from './is-call.ts';

export interface FaultOptions {
  readonly plan: FaultPlan;
  /** How `slow` waits; the default waits for real. Rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Hears of each fault before it happens. */
  readonly onFault?: (operation: string, nth: number, fault: Fault) => void;
}

type Method = (...args: readonly unknown[]) => Promise<unknown>;

interface Invocation {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly signal: AbortSignal;
  /** Asks the store, with these arguments in place of the call's own if given. */
  readonly ask: (args?: readonly unknown[]) => Promise<unknown>;
}

/**
 * The same port, with the faults of a plan. Fits any port whose methods take a `Call`; what takes none (a listener, a
 * property) is passed through. The same plan and the same calls give the same faults.
 */
export function withFaults<Port extends object>(port: Port, options: FaultOptions): Port {
  const answers = createAnswers();
  const members = Object.entries(port).map(([name, value]) => [
    name,
    typeof value === 'function' ? faulty(name, value.bind(port), answers, options) : value,
  ]);
  return Object.fromEntries(members) as Port;
}

function faulty(operation: string, method: Method, answers: Answers, options: FaultOptions): Method {
  let made = 0;
  return (...args) => {
    const call = args.find(isCall);
    if (call === undefined) return method(...args);
    made += 1;
    const ask = async (asked = args) => {
      const answer = await method(...asked);
      answers.keep(operation, asked, answer);
      return answer;
    };
    const fault = options.plan(operation, made);
    if (fault === undefined) return ask();
    options.onFault?.(operation, made, fault);
    return meet(fault, { operation, args, signal: call.signal, ask }, answers, options.sleep ?? wait);
  };
}

async function meet(
  fault: Fault,
  { operation, args, signal, ask }: Invocation,
  answers: Answers,
  sleep: NonNullable<FaultOptions['sleep']>,
): Promise<unknown> {
  const cause = new Error(`the ${fault.kind} of a test`);
  signal.throwIfAborted();
  switch (fault.kind) {
    case 'error':
      throw new StoreUnavailable(STORE, cause);
    case 'throttled':
      throw new StoreThrottled(STORE, cause);
    case 'time-out':
      throw new StoreTimeout(STORE, cause);
    case 'applied-but-timed-out':
      await ask();
      throw new StoreTimeout(STORE, cause);
    case 'partial-batch':
      await ask(shortened(operation, args, fault.keep));
      throw new StoreUnavailable(STORE, cause);
    case 'slow':
      await sleep(fault.ms, signal);
      signal.throwIfAborted();
      return await ask();
    case 'hang':
      return await abortOf(signal);
    case 'stale-read': {
      const earlier = answers.last(operation, args);
      return earlier === undefined ? await ask() : earlier.answer;
    }
  }
}

const STORE = 'the store with faults';

const wait = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal });

function shortened(operation: string, args: readonly unknown[], keep: number): readonly unknown[] {
  const at = args.findIndex((arg) => Array.isArray(arg));
  const batch = args[at];
  if (!Array.isArray(batch))
    throw new TypeError(`"partial-batch" is for calls with an array; ${operation} has none`);
  return args.with(at, batch.slice(0, keep));
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
