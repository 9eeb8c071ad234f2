import { untilAborted } from '../../../src/adapters/migration/until-aborted.ts';
import { StoreThrottled, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import { isCall } from '../../support/faults/is-call.ts';
import type { Scheduler } from './scheduler.ts';

/** How a store is at the moment, for all its callers. */
export interface Trouble {
  mode: 'up' | 'down' | 'throttled';
  /** Calls take so long to arrive. Milliseconds. */
  delayMs: number;
  /** So many of the next answers are lost: the call was made, and the caller hears of a time-out. */
  losing: number;
}

export function noTrouble(): Trouble {
  return { mode: 'up', delayMs: 0, losing: 0 };
}

export interface RemoteOptions {
  /** For errors. */
  readonly store: string;
  readonly scheduler: Scheduler;
  readonly trouble: Trouble;
  /** Aborted: the caller is dead. It hears nothing more, and what it had sent arrives or not. */
  readonly life: AbortSignal;
}

/** A caller does not wait longer; the call may still arrive. */
const TIMEOUT_MS = 1000;
const NOBODY = { signal: new AbortController().signal };

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** A port over a network: a call arrives in a turn of its own, and its answer in another. Who gives up does not call it back. */
export function remote<Port extends object>(port: Port, options: RemoteOptions): Port {
  const members = Object.entries(port).map(([name, value]) => [
    name,
    typeof value === 'function' ? remoteMethod(value, options) : value,
  ]);
  return Object.fromEntries(members) as Port;
}

function remoteMethod(method: Method, options: RemoteOptions): Method {
  return (...args) => {
    const call = args.find(isCall);
    if (call === undefined) return method(...args);
    const sent = args.map((arg) => (arg === call ? { ...call, ...NOBODY } : arg));
    const run = () => untilAborted(call, () => inTime(options, () => method(...sent)));
    return untilAborted({ signal: options.life }, run);
  };
}

async function inTime(options: RemoteOptions, run: () => Promise<unknown>): Promise<unknown> {
  const { store, scheduler, trouble } = options;
  const answer = arrive(options, run);
  if (trouble.delayMs < TIMEOUT_MS) return await answer;
  const expired = scheduler.turn(TIMEOUT_MS).then(() => Promise.reject(new StoreTimeout(store, undefined)));
  return await Promise.race([answer, expired]);
}

async function arrive(
  { store, scheduler, trouble, life }: RemoteOptions,
  run: () => Promise<unknown>,
): Promise<unknown> {
  await scheduler.turn(trouble.delayMs);
  if (life.aborted && scheduler.coin(0.5)) throw life.reason;
  if (trouble.mode === 'down') throw new StoreUnavailable(store, undefined);
  if (trouble.mode === 'throttled') throw new StoreThrottled(store, undefined);
  const result = await run();
  if (trouble.losing > 0) {
    trouble.losing -= 1;
    throw new StoreTimeout(store, undefined);
  }
  await scheduler.turn();
  return result;
}
