import { vi } from 'vitest';

const PATIENCE_MS = 5_000;

/** Checks what a reader sees after a write: at once, or within seconds where the back end declares that reads may be stale. */
export async function seenUnlessStale(mayBeStale: boolean, check: () => Promise<void>): Promise<void> {
  if (mayBeStale) await vi.waitFor(check, { timeout: PATIENCE_MS });
  else await check();
}
