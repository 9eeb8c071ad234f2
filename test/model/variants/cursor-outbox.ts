import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import type { Mark } from '../../../src/ports/outbox.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { isCall } from '../../support/faults/is-call.ts';
import type { Variant } from '../house/variant.ts';

/**
 * A log of writes, numbered when they begin and seen when they end, as rows with a sequence are. The relay remembers how far it
 * got: a write with a lower number that ends after it is never looked at.
 */
export const cursorOutbox: Variant = { outbox: createCursorOutbox };

function createCursorOutbox(clock: FakeClock) {
  // Claims, delays and repairs are those of the real outbox: what was read from the log is handed over to it.
  const read = createMemoryOutbox({ clock });
  const log: { readonly number: number; readonly key: string; readonly version: number }[] = [];
  let numbers = 0;
  let cursor = 0;
  let numberOfWrite = 0;
  const unread = () => log.filter(({ number }) => number > cursor);
  return {
    ...read,
    markWritten(_dataSet: unknown, key: string, version: number): void {
      log.push({ number: numberOfWrite, key, version });
    },
    async claim(...args: Parameters<typeof read.claim>): Promise<readonly Mark[]> {
      for (const { key, version } of unread()) read.markWritten('programs', key, version);
      cursor = Math.max(cursor, ...log.map(({ number }) => number));
      log.length = 0;
      return await read.claim(...args);
    },
    async depth(...args: Parameters<typeof read.depth>) {
      const depth = await read.depth(...args);
      return { ...depth, pending: depth.pending + unread().length };
    },
    atCaller: (catalog: ProgramCatalog) =>
      changingCalls(catalog, (call) => {
        numbers += 1;
        return { ...call, requestId: `${numbers}` };
      }),
    atStore: (catalog: ProgramCatalog) =>
      changingCalls(catalog, (call) => {
        numberOfWrite = Number(call.requestId);
        return call;
      }),
  };
}

type Change = (call: { readonly signal: AbortSignal; readonly requestId?: string }) => unknown;

function changingCalls(catalog: ProgramCatalog, change: Change): ProgramCatalog {
  const changed = (['put', 'putMany', 'delete', 'addViews'] as const).map((name) => {
    const write = catalog[name] as (...args: readonly unknown[]) => unknown;
    return [
      name,
      (...args: readonly unknown[]) => write(...args.map((arg) => (isCall(arg) ? change(arg) : arg))),
    ];
  });
  return { ...catalog, ...Object.fromEntries(changed) };
}
