import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import type { StoreErrorRule } from '../../../src/domain/limits/named-policy.ts';
import { createReplay } from '../../../src/domain/limits/replay.ts';
import type { RuledRequest } from '../../../src/domain/limits/resilient-counters.ts';
import { createResilientCounters } from '../../../src/domain/limits/resilient-counters.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { Fault } from '../../support/faults/fault.ts';
import { withFaults } from '../../support/faults/with-faults.ts';

export function aRequest(overrides: Partial<RuledRequest> & { readonly limit?: number } = {}): RuledRequest {
  const { limit = 10, ...rest } = overrides;
  const policy = { algorithm: 'fixed-window', limit, windowMs: 60_000 } as const;
  return { key: anId('key'), policy, cost: 1, onStoreError: 'local', ...rest };
}

/** Counters whose store fails while `fault` is set, of one of four instances. */
export function aHouse({ instances = 4, maxCounters }: { instances?: number; maxCounters?: number } = {}) {
  const clock = createFakeClock();
  const state: { fault: Fault | undefined; onCall: (operation: string) => void } = {
    fault: undefined,
    onCall: () => undefined,
  };
  const store = createMemoryCounterStore({ clock });
  const counters = withFaults<CounterStore>(store, {
    plan: (operation) => {
      state.onCall(operation);
      return state.fault;
    },
  });
  const local = createMemoryCounterStore({ clock });
  const heard = {
    rules: [] as StoreErrorRule[],
    replayed: [] as number[],
    failed: [] as unknown[],
    faults: [] as unknown[],
  };
  const replay = createReplay({
    counters,
    owed: createMemoryCounterStore({ clock }),
    clock,
    newPermitId: () => anId('permit'),
    ...(maxCounters !== undefined && { maxCounters }),
    onReplayed: (units) => heard.replayed.push(units),
    onFailed: (error) => heard.failed.push(error),
  });
  const resilient = createResilientCounters({
    counters,
    local,
    instances: () => instances,
    replay,
    onDegraded: (rule) => heard.rules.push(rule),
    onFault: (error) => heard.faults.push(error),
  });
  const breakDown = (fault: Fault = { kind: 'error' }) => {
    state.fault = fault;
  };
  const recover = () => {
    state.fault = undefined;
  };
  const admitted = async (request: RuledRequest, attempts: number) => {
    let passed = 0;
    for (let attempt = 0; attempt < attempts; attempt += 1)
      if ((await resilient.consume(request, aCall())).decision.allowed) passed += 1;
    return passed;
  };
  return { clock, state, store, resilient, replay, heard, breakDown, recover, admitted };
}
