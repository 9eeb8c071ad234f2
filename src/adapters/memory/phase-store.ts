import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Migrated, PhaseOutcome, PhaseRecord, PhaseStore } from '../../ports/phase-store.ts';

const NEVER_CHANGED: PhaseRecord = {
  phase: 'off',
  readPercent: 0,
  epoch: 0,
  changedAt: new Date(0),
  changedBy: 'nobody',
  reason: 'never changed',
};

/** The control record in this process: one instance, and nothing outlives it. */
export function createMemoryPhaseStore({ clock }: { readonly clock: Clock }): PhaseStore {
  const records = new Map<Migrated, readonly PhaseRecord[]>();
  const listeners = new Set<(dataSet: Migrated) => void>();
  const newestFirst = (dataSet: Migrated) => records.get(dataSet) ?? [];
  const current = (dataSet: Migrated) => newestFirst(dataSet)[0] ?? NEVER_CHANGED;

  return {
    read: (dataSet, call) => on(call, () => copy(current(dataSet))),
    change: (dataSet, epoch, change, call) =>
      on(call, (): PhaseOutcome => {
        const before = current(dataSet);
        if (before.epoch !== epoch) return { outcome: 'conflict', record: copy(before) };
        const record = { ...change, epoch: epoch + 1, changedAt: new Date(clock.now()) };
        records.set(dataSet, [record, ...newestFirst(dataSet)]);
        for (const listener of listeners) queueMicrotask(() => listener(dataSet));
        return { outcome: 'changed', record: copy(record) };
      }),
    history: (dataSet, limit, call) => on(call, () => newestFirst(dataSet).slice(0, limit).map(copy)),
    onChange(listener) {
      // A wrapper of its own: the same function may listen twice, and end once.
      const own = (dataSet: Migrated) => listener(dataSet);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

async function on<Result>(call: Call, run: () => Result): Promise<Result> {
  call.signal.throwIfAborted();
  return run();
}

function copy(record: PhaseRecord): PhaseRecord {
  return { ...record, changedAt: new Date(record.changedAt) };
}
