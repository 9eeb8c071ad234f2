import { setTimeout as sleep } from 'node:timers/promises';
import { StoreThrottled } from '../../domain/errors.ts';

/** Waits before another attempt; `attempt` counts from 0. Rejects when the signal aborts. */
export type Pause = (attempt: number, signal: AbortSignal) => Promise<void>;

const BASE_MS = 20;
const LONGEST_MS = 800;

/** Exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). */
export const pauseWithJitter: Pause = async (attempt, signal) => {
  await sleep(Math.random() * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt), undefined, { signal });
};

/** About 3 seconds of waiting in all. */
const ATTEMPTS = 12;

/** Runs `attempt` until it answers something, with pauses; `undefined` asks for another attempt. @throws {StoreThrottled} */
export async function untilDone<Result>(
  pause: Pause,
  signal: AbortSignal,
  attempt: () => Promise<Result | undefined>,
): Promise<Result> {
  for (let count = 0; count < ATTEMPTS; count += 1) {
    if (count > 0) await pause(count - 1, signal);
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new StoreThrottled('DynamoDB', new Error(`gave up after ${ATTEMPTS} attempts`));
}

/**
 * Answers `undefined` when a write met a transaction on the same item. The SDK repeats what the network or a throttled
 * table refuses, and not this (Developer Guide, "Transaction conflict handling").
 */
export async function unlessConflict<Result>(run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === 'TransactionConflictException') return undefined;
    throw error;
  }
}
