import { epochsAfter, NEVER_CHANGED } from '../../domain/migration/phase-epochs.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  InstanceReport,
  Migrated,
  PhaseChange,
  PhaseOutcome,
  PhaseRecord,
  PhaseStore,
} from '../../ports/phase-store.ts';
import { SILENT_INSTANCE_KEPT_MS } from '../../ports/phase-store.ts';

/** The control record in this process. */
export interface MemoryPhaseStore extends PhaseStore {
  /** What is in force in this very turn of the event loop: what a write in memory looks at in the turn in which it marks. */
  current(dataSet: Migrated): PhaseRecord;
}

/** The control record and its readers in this process: nothing outlives it. */
export function createMemoryPhaseStore({ clock }: { readonly clock: Clock }): MemoryPhaseStore {
  const ledger = createLedger(clock);
  const instances = createInstances(clock);
  const listeners = new Set<(dataSet: Migrated) => void>();
  const current = (dataSet: Migrated) => copy(ledger.current(dataSet));

  return {
    current,
    read: (dataSet, call) => on(call, () => current(dataSet)),
    change: (dataSet, epoch, change, call) =>
      on(call, (): PhaseOutcome => {
        if (ledger.current(dataSet).epoch !== epoch) return { outcome: 'conflict', record: current(dataSet) };
        ledger.add(dataSet, change);
        for (const listener of listeners) queueMicrotask(() => listener(dataSet));
        return { outcome: 'changed', record: current(dataSet) };
      }),
    history: (dataSet, limit, call) => on(call, () => ledger.newestFirst(dataSet).slice(0, limit).map(copy)),
    checkIn: (instanceId, epochs, call) =>
      on(call, () => {
        instances.seen(instanceId, { ...epochs });
        return { programs: current('programs'), search: current('search') };
      }),
    checkOut: (instanceId, call) => on(call, () => instances.gone(instanceId)),
    instances: (call) => on(call, () => instances.all()),
    onChange(listener) {
      // A wrapper of its own: the same function may listen twice, and end once.
      const own = (dataSet: Migrated) => listener(dataSet);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

function createLedger(clock: Clock) {
  const records = new Map<Migrated, readonly PhaseRecord[]>();
  const newestFirst = (dataSet: Migrated) => records.get(dataSet) ?? [];
  const current = (dataSet: Migrated) => newestFirst(dataSet)[0] ?? NEVER_CHANGED;
  return {
    newestFirst,
    current,
    add(dataSet: Migrated, change: PhaseChange): void {
      const changedAt = new Date(clock.now());
      const record = { ...change, ...epochsAfter(current(dataSet), change), changedAt };
      records.set(dataSet, [record, ...newestFirst(dataSet)]);
    },
  };
}

function createInstances(clock: Clock) {
  const known = new Map<string, Pick<InstanceReport, 'epochs'> & { readonly seenAtMs: number }>();
  // The clock can be set back: nobody checked in in the future.
  const ageMs = (seenAtMs: number) => Math.max(0, clock.now() - seenAtMs);
  return {
    seen(instanceId: string, epochs: InstanceReport['epochs']): void {
      known.set(instanceId, { epochs, seenAtMs: clock.now() });
      for (const [id, { seenAtMs }] of known) {
        if (ageMs(seenAtMs) > SILENT_INSTANCE_KEPT_MS) known.delete(id);
      }
    },
    gone: (instanceId: string) => void known.delete(instanceId),
    all: (): readonly InstanceReport[] =>
      [...known]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([instanceId, { epochs, seenAtMs }]) => ({
          instanceId,
          epochs: { ...epochs },
          ageMs: ageMs(seenAtMs),
        })),
  };
}

async function on<Result>(call: Call, run: () => Result): Promise<Result> {
  call.signal.throwIfAborted();
  return run();
}

function copy(record: PhaseRecord): PhaseRecord {
  return { ...record, changedAt: new Date(record.changedAt) };
}
