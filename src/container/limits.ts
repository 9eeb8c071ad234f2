import { createBreaker } from '../adapters/guard/breaker.ts';
import { guardCounters, judgeCounterError } from '../adapters/guard/counter-guard.ts';
import { createCounterFront } from '../adapters/limits/front.ts';
import { createMemoryCounterStore } from '../adapters/memory/counter-store.ts';
import { createBackgroundLoop } from '../adapters/system/background-loop.ts';
import type { Config } from '../config.ts';
import type { ApiGuard } from '../domain/limits/api-guard.ts';
import { createApiGuard } from '../domain/limits/api-guard.ts';
import type { InstanceCount } from '../domain/limits/instance-count.ts';
import { createInstanceCount } from '../domain/limits/instance-count.ts';
import type { Replay } from '../domain/limits/replay.ts';
import { createReplay, REPLAYED_COUNTERS } from '../domain/limits/replay.ts';
import type { ResilientCounters } from '../domain/limits/resilient-counters.ts';
import { createResilientCounters } from '../domain/limits/resilient-counters.ts';
import type { Clock, MonotonicClock } from '../ports/clock.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { PhaseStore } from '../ports/phase-store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { nothingToDispose, singleton } from './registration.ts';

interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly phaseStore: PhaseStore;
  readonly counterStore: CounterStore;
  readonly quickCounters: QuickCounters;
  readonly instanceCount: InstanceCount;
  readonly resilientCounters: ResilientCounters;
}

/** After so many failures in a row the counters are not asked for so long. */
const BREAKER = { store: 'the counter store', failures: 5, openMs: 1000, judge: judgeCounterError } as const;
/** Of callers that come while the store is away. */
const LOCAL_KEYS = 100_000;
const INSTANCES_EVERY_MS = 5_000;
const INSTANCES_TIMEOUT_MS = 5_000;

/** What stands between the counters and those who ask them. */
export function limits() {
  return {
    quickCounters: singleton((parts: Parts) => quick(parts), nothingToDispose),
    instanceCount: singleton(({ phaseStore }: Parts) => createInstanceCount(phaseStore), nothingToDispose),
    instanceWatch: singleton(
      ({ instanceCount, telemetry }: Parts) =>
        createBackgroundLoop({
          name: 'limits.instances',
          round: (call) => instanceCount.round(call),
          idleMs: INSTANCES_EVERY_MS,
          roundTimeoutMs: INSTANCES_TIMEOUT_MS,
          telemetry,
        }),
      (loop) => loop.stop(),
    ),
    resilientCounters: singleton((parts: Parts) => resilient(parts), nothingToDispose),
    apiGuard: singleton(
      ({ config, resilientCounters: counters, telemetry }: Parts): ApiGuard =>
        createApiGuard({
          counters,
          onStoreError: config.rateLimits.onStoreError,
          onDecision: (decision) => telemetry.limited(decision),
        }),
      nothingToDispose,
    ),
  };
}

/** The counters, quick to answer or to fail. Closed while the store can still be told what goes back to it. */
export type QuickCounters = CounterStore & { close(): Promise<void> };

/** Counters of this process need no help. */
function quick(parts: Parts): QuickCounters {
  const { config, counterStore, monotonicClock, telemetry } = parts;
  if (config.adapters.counterStore === 'memory') return { ...counterStore, close: () => Promise.resolve() };
  const { blockCache, coalescing, leases } = config.rateLimits;
  return createCounterFront(guarded(parts), {
    blockCache,
    coalescing,
    leases,
    clock: () => monotonicClock.elapsedMs(),
    instances: () => instancesOf(parts),
    onError: (error) => telemetry.failed('limits.give-back', error),
  });
}

function instancesOf({ config, instanceCount }: Parts): number {
  return config.rateLimits.instances ?? instanceCount.current();
}

function guarded({ config, counterStore, monotonicClock, telemetry }: Parts): CounterStore {
  const breaker = createBreaker({
    ...BREAKER,
    clock: () => monotonicClock.elapsedMs(),
    onChange: ({ to, reason }) => telemetry.counterBreaker(to, reason),
  });
  telemetry.counterBreaker('closed', 'new');
  return guardCounters(counterStore, {
    store: BREAKER.store,
    timeoutMs: config.rateLimits.timeoutMs,
    breaker,
  });
}

function resilient(parts: Parts): ResilientCounters {
  const { telemetry } = parts;
  return createResilientCounters({
    counters: parts.quickCounters,
    local: createMemoryCounterStore({ clock: parts.clock, maxKeys: LOCAL_KEYS }),
    instances: () => instancesOf(parts),
    replay: replayOf(parts),
    onDegraded: (rule) => telemetry.limitedByRule(rule),
    onFault: (error) => telemetry.failed('limits.ask', error),
  });
}

function replayOf({ clock, monotonicClock, ids, quickCounters: counters, telemetry }: Parts): Replay {
  return createReplay({
    counters,
    owed: createMemoryCounterStore({ clock, maxKeys: REPLAYED_COUNTERS }),
    clock: monotonicClock,
    newPermitId: () => ids.next(),
    onReplayed: (units) => telemetry.replayedLimits(units),
    onFailed: (error) => telemetry.failed('limits.replay', error),
  });
}
