import { describe, expect, it } from 'vitest';
import { createCounterFront } from '../../src/adapters/limits/front.ts';
import { createMemoryCounterStore } from '../../src/adapters/memory/counter-store.ts';
import type { Policy } from '../../src/domain/limits/policy.ts';
import type { CounterStore } from '../../src/ports/counter-store.ts';
import { aCall } from '../support/call.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** What one instance of a service asks, in front of the store that all of them share. */
type MakeNode = (store: CounterStore, clock: FakeClock) => Pick<CounterStore, 'consume'>;

/** Behind the fast path, as the service has it. */
const makeNode: MakeNode = (store, clock) =>
  createCounterFront(store, {
    clock: clock.now,
    instances: () => 9,
    maxKeys: 10,
    blockCache: true,
    coalescing: true,
    leases: true,
    startTimer: () => () => undefined,
    onError: (error) => {
      throw error;
    },
  });

const NODES = [1, 3, 5, 9] as const;
const LIMITS = [10, 100, 1000] as const;
const WINDOWS_MS = [10_000, 60_000, 300_000] as const;
/** Requests in a window, as a share of the limit. */
const LOADS = [0.9, 1, 1.5, 2] as const;
/** The first is of a new counter, the others begin with what the one before has left. */
const WINDOWS = 3;
/** A window of each length begins here. */
const START_MS = Date.UTC(2026, 0, 15, 12);

interface Cell {
  readonly nodes: number;
  readonly policy: Policy;
  readonly attempts: number;
}

function cellsOf(nodes: number): readonly Cell[] {
  return LIMITS.flatMap((limit) =>
    WINDOWS_MS.flatMap((windowMs) =>
      LOADS.map((load) => ({
        nodes,
        policy: { algorithm: 'fixed-window', limit, windowMs } as const,
        attempts: Math.round(load * limit),
      })),
    ),
  );
}

/** How many requests pass in each window: evenly spread over it, and each node sends one at the same moment as the others. */
async function admittedIn({ nodes, policy, attempts }: Cell, make: MakeNode): Promise<readonly number[]> {
  const clock = createFakeClock(START_MS);
  const store = createMemoryCounterStore({ clock });
  const instances = Array.from({ length: nodes }, () => make(store, clock));
  const admitted: number[] = [];
  for (let window = 0; window < WINDOWS; window += 1) {
    let passed = 0;
    for (let sent = 0; sent < attempts; sent += nodes) {
      clock.set(START_MS + policy.windowMs * window + Math.floor((policy.windowMs * sent) / attempts));
      const asking = instances.slice(0, attempts - sent);
      const request = { key: 'k', policy, cost: 1 };
      const decisions = await Promise.all(asking.map((node) => node.consume(request, aCall())));
      passed += decisions.filter(({ allowed }) => allowed).length;
    }
    admitted.push(passed);
  }
  return admitted;
}

/** Cells in which a window admitted more or less than it should. */
async function wrongCells(nodes: number, make: MakeNode): Promise<readonly object[]> {
  const wrong: object[] = [];
  for (const cell of cellsOf(nodes)) {
    const admitted = await admittedIn(cell, make);
    const expected = Math.min(cell.policy.limit, cell.attempts);
    if (admitted.some((count) => count !== expected)) wrong.push({ ...cell, expected, admitted });
  }
  return wrong;
}

describe('instances that share a fixed window', () => {
  it.each(NODES)('admit exactly the limit, or all when there are fewer: %i', async (nodes) => {
    expect(await wrongCells(nodes, makeNode)).toEqual([]);
  });

  it('admit more when each counts by itself', async () => {
    const cells = cellsOf(3).filter(({ policy, attempts }) => attempts > policy.limit);
    const alone: MakeNode = (_store, clock) => createMemoryCounterStore({ clock });
    expect(await wrongCells(3, alone)).toHaveLength(cells.length);
  });
});
