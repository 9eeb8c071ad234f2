import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryCounterStore } from '../../../../src/adapters/memory/counter-store.ts';
import { createSystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { StoreTimeout } from '../../../../src/domain/errors.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../../src/ports/counter-store.ts';
import { createDice, journeySeed } from '../dice.ts';
import type { Verdict } from './check-history.ts';
import { checkHistory } from './check-history.ts';
import { startHammer } from './hammer.ts';
import type { HistoryLine, Operation } from './history.ts';
import { toOperations } from './history.ts';

const SEED = journeySeed();
const DURATION_MS = 1_500;

interface Judged extends Verdict {
  readonly operations: readonly Operation[];
}

/** What the checker says of three workers on a store of this process. */
async function judge(broken: (right: CounterStore) => Partial<CounterStore>): Promise<Judged> {
  const right = createMemoryCounterStore({ clock: createSystemClock() });
  const dice = createDice(SEED);
  const lines: HistoryLine[] = [];
  const log = (line: HistoryLine) => void lines.push(line);
  const store = { ...right, ...broken(right) };
  const hammers = ['one', 'two', 'three'].map((name) => startHammer({ name, store, dice: dice.fork(), log }));
  await delay(DURATION_MS);
  await Promise.all(hammers.map((hammer) => hammer.stop()));
  const operations = toOperations(lines);
  return { ...checkHistory(operations), operations };
}

const OVER = expect.stringContaining('were admitted');
const UNREASONED = expect.stringContaining('were denied though');

/** Takes the units whether they are there or not. */
const forced = (request: CounterRequest) => ({ ...request, policy: { ...request.policy, limit: 1_000_000 } });

describe.concurrent('a history of', () => {
  it('a store that keeps its promises has no fault, and shows it', async () => {
    const { faults, fullest, sharpDenials, operations } = await judge(() => ({}));
    expect(faults).toEqual([]);
    expect(Object.values(fullest).every((share) => share > 0.8)).toBe(true);
    expect(sharpDenials).toBeGreaterThan(100);
    expect(operations.some(({ kind }) => kind === 'refund')).toBe(true);
  });

  it('answers that get lost has none either', async () => {
    const dice = createDice(SEED);
    const { faults, operations } = await judge((right) => ({
      async consume(request, call) {
        const decision = await right.consume(request, call);
        if (dice.below(3) === 0) throw new StoreTimeout('memory', undefined);
        return decision;
      },
    }));
    expect(faults).toEqual([]);
    expect(operations.filter(({ outcome }) => outcome === 'unknown').length).toBeGreaterThan(20);
  });

  it('a store that reads and then writes has more than the limit', async () => {
    const { faults } = await judge((right) => ({
      async consume(request, call) {
        const decision = await right.peek(request, call);
        await delay(2);
        if (decision.allowed) await right.consume(forced(request), call);
        return decision;
      },
    }));
    expect(faults).toContainEqual(OVER);
  });

  it('a store that gives back more than was taken has more than the limit', async () => {
    const { faults } = await judge((right) => ({
      async refund({ permitId: _, ...refund }, call) {
        await right.refund({ ...refund, cost: refund.cost * 3 }, call);
      },
    }));
    expect(faults).toContainEqual(OVER);
  });

  it('a store that takes twice has denials without a reason', async () => {
    const { faults } = await judge((right) => ({
      async consume({ permitId: _, ...request }, call) {
        const decision = await right.consume(request, call);
        if (decision.allowed) await right.consume(forced(request), call);
        return decision;
      },
    }));
    expect(faults).toContainEqual(UNREASONED);
  });

  it('a store that keeps some units of a batch that it denies has denials without a reason', async () => {
    const { faults } = await judge((right) => ({
      async consumeAll(requests, call) {
        const decisions: Decision[] = [];
        for (const request of requests) decisions.push(await right.consume(request, call));
        return decisions;
      },
    }));
    expect(faults).toContainEqual(UNREASONED);
  });

  it('a store with errors of its own says so', async () => {
    const { faults } = await judge(() => ({ consumeUpTo: () => Promise.reject(new Error('x')) }));
    expect(faults[0]).toMatch(/consume-up-to failed with Error: x$/);
  });
});
