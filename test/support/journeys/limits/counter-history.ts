import { counterName } from '../../../../src/domain/limits/counter-name.ts';
import type { Policy } from '../../../../src/domain/limits/policy.ts';
import type { Asked, Operation } from './history.ts';

/** Units that were taken for sure, at some moment from `begun` to `ended`. */
export interface Taking {
  readonly id: string;
  readonly units: number;
  readonly begun: number;
  readonly ended: number;
  /** From when on some of them may have been given back; `Infinity`: never. */
  readonly refundBegun: number;
  readonly refundUnits: number;
}

/** Units that may have been taken, at some moment from `from` to `to`. */
export interface Possible {
  readonly units: number;
  readonly from: number;
  readonly to: number;
}

/** That `cost` units were not there at some moment from `begun` to `ended`. */
export interface Denial {
  readonly id: string;
  readonly cost: number;
  readonly begun: number;
  readonly ended: number;
}

/** What became of one counter. */
export interface CounterHistory {
  readonly name: string;
  readonly policy: Policy;
  readonly takings: readonly Taking[];
  readonly possible: readonly Possible[];
  readonly denials: readonly Denial[];
}

/**
 * How long after nobody waited for it any more, or whoever did was killed, an operation may still reach the server: longer than any
 * fault keeps it on its way. Milliseconds.
 */
export const LATEST_MS = 3_000;

interface Attempt {
  readonly operation: Operation;
  readonly asked: Asked;
  readonly index: number;
}

/** Sorts what operations asked by counter. */
export function toCounterHistories(operations: readonly Operation[]): readonly CounterHistory[] {
  const attempts = operations.flatMap((operation) =>
    operation.asked.map((asked, index) => ({ operation, asked, index })),
  );
  const groups = Map.groupBy(attempts, ({ asked }) => `${asked.key} ${counterName(asked.policy)}`);
  return [...groups].map(([name, all]) => toCounterHistory(name, all));
}

function toCounterHistory(name: string, all: readonly Attempt[]): CounterHistory {
  const attempts = all.filter(({ operation }) => operation.kind !== 'refund');
  const refunds = all.filter(({ operation }) => operation.kind === 'refund');
  const policy = attempts[0]?.asked.policy ?? all[0]?.asked.policy;
  if (policy === undefined) throw new Error(`nothing was asked of ${name}`);
  return {
    name,
    policy,
    takings: attempts.flatMap((attempt) => takingsOf(attempt, attempts, refunds)),
    possible: attempts.flatMap(possibleOf),
    denials: attempts.flatMap(denialsOf),
  };
}

/** A request that was sent again under its permit may have been done by the first time already. */
function takingsOf(
  { operation, asked, index }: Attempt,
  attempts: readonly Attempt[],
  refunds: readonly Attempt[],
): readonly Taking[] {
  const { id, outcome, told, ended } = operation;
  const units = told?.[index]?.units ?? 0;
  if (outcome !== 'allowed' || ended === undefined || units === 0) return [];
  const { permitId } = asked;
  const isSame = (each: Attempt) => permitId !== undefined && each.asked.permitId === permitId;
  const begun = Math.min(operation.begun, ...attempts.filter(isSame).map((each) => each.operation.begun));
  const refund = refunds.find(isSame);
  const refundBegun = refund?.operation.begun ?? Number.POSITIVE_INFINITY;
  const refundUnits = Math.min(units, refund?.asked.cost ?? 0);
  return [{ id, units, begun, ended, refundBegun, refundUnits }];
}

function possibleOf({
  operation: { outcome, begun, ended, told },
  asked,
  index,
}: Attempt): readonly Possible[] {
  if (outcome === 'denied') return [];
  if (outcome === 'allowed') return [{ units: told?.[index]?.units ?? 0, from: begun, to: ended ?? begun }];
  return [{ units: asked.cost, from: begun, to: (ended ?? begun) + LATEST_MS }];
}

function denialsOf({
  operation: { id, begun, ended, told, outcome },
  asked,
  index,
}: Attempt): readonly Denial[] {
  if (outcome !== 'denied' || ended === undefined || told?.[index]?.allowed !== false) return [];
  return [{ id, cost: asked.least ?? asked.cost, begun, ended }];
}
