import type { Call } from '../../ports/call.ts';

/**
 * Runs `work` for each item, at most `width` at a time. After a failure nothing new begins, what is under way is awaited, and
 * the first error is raised.
 */
export async function forEachAtOnce<Item>(
  width: number,
  items: readonly Item[],
  call: Call,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  call.signal.throwIfAborted();
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
