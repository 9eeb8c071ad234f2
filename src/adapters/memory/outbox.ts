import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataSet, Outbox } from '../../ports/outbox.ts';
import type { MarkList } from './outbox/mark-list.ts';
import { createMarkList } from './outbox/mark-list.ts';

/** An outbox that the stores of the truth in the same process leave their marks in. */
export interface MemoryOutbox extends Outbox {
  /** Marks a key, in the same turn of the event loop as the write that it stands for. */
  markWritten(dataSet: DataSet, key: string, version: number): void;
}

/** Marks in this process, one for each key that is behind; leases are by the clock. */
export function createMemoryOutbox({ clock }: { readonly clock: Clock }): MemoryOutbox {
  const lists = new Map<DataSet, MarkList>();
  const listOf = (dataSet: DataSet): MarkList => {
    const list = lists.get(dataSet) ?? createMarkList(clock);
    lists.set(dataSet, list);
    return list;
  };
  const on = async <Result>(call: Call, run: () => Result): Promise<Result> => {
    call.signal.throwIfAborted();
    return run();
  };
  return {
    markWritten: (dataSet, key, version) => listOf(dataSet).mark({ key, version, refresh: false }),
    claim: (dataSet, limit, leaseMs, call) => on(call, () => listOf(dataSet).claim(limit, leaseMs)),
    settle: (dataSet, marks, call) => on(call, () => listOf(dataSet).settle(marks)),
    putOff: (dataSet, marks, delayMs, reason, call) =>
      on(call, () => listOf(dataSet).putOff(marks, delayMs, reason)),
    park: (dataSet, marks, reason, call) => on(call, () => listOf(dataSet).park(marks, reason)),
    parked: (dataSet, limit, call) => on(call, () => listOf(dataSet).parked(limit)),
    mark: (dataSet, keys, call) =>
      on(call, () => {
        for (const { key, version } of keys) listOf(dataSet).mark({ key, version, refresh: true });
      }),
    depth: (dataSet, call) => on(call, () => listOf(dataSet).depth()),
    ...createHints(on),
  };
}

function createHints(on: (call: Call, run: () => void) => Promise<void>): Pick<Outbox, 'hint' | 'onHint'> {
  const listeners = new Set<(dataSet: DataSet) => void>();
  return {
    hint: (dataSet, call) =>
      on(call, () => {
        for (const listener of listeners) queueMicrotask(() => listener(dataSet));
      }),
    onHint(listener) {
      // A wrapper of its own: the same function may listen twice, and end once.
      const own = (dataSet: DataSet) => listener(dataSet);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
