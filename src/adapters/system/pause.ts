import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after so many milliseconds. Rejects with the signal's reason when that aborts before. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
