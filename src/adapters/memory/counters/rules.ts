import type { LimitAlgorithm, LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import { ifLive } from '../../../domain/limits/algorithm.ts';
import { LIMIT_ALGORITHMS } from '../../../domain/limits/algorithms.ts';
import type { ConcurrencyState } from '../../../domain/limits/concurrency.ts';
import { concurrency } from '../../../domain/limits/concurrency.ts';
import type { Return } from '../../../domain/limits/permit.ts';
import type { Algorithm, Policy } from '../../../domain/limits/policy.ts';
import type { Decision } from '../../../ports/counter-store.ts';
import type { Counter } from './counter.ts';
import type { CounterTable } from './counter-table.ts';
import type { PermitBook } from './permit-book.ts';

export interface Taking {
  readonly policy: Policy;
  readonly units: number;
  readonly permitId: string | undefined;
}

/** How units are moved under an algorithm. */
export interface Rules {
  readonly look: (counter: Counter | undefined, policy: Policy, cost: number, at: Moment) => Decision;
  /** Takes units that are there. */
  readonly take: (counter: Counter, taking: Taking, at: Moment) => void;
  /** Gives units back to a counter that counts something. */
  readonly giveBack: (counter: Counter, policy: Omit<Policy, 'limit'>, returned: Return, at: Moment) => void;
}

/** Rules by algorithm, for the counters of a table. */
export function createRules(table: CounterTable): Readonly<Record<Algorithm, Rules>> {
  return {
    'fixed-window': windowRules(table),
    'sliding-window': countingRules(LIMIT_ALGORITHMS['sliding-window'], table),
    'token-bucket': countingRules(LIMIT_ALGORITHMS['token-bucket'], table),
    concurrency: holdingRules(table),
  };
}

function countingRules(algorithm: LimitAlgorithm<LimitState>, table: CounterTable): Rules {
  return {
    look: (counter, policy, cost, at) => algorithm.look(stateOf(table, counter), policy, cost, at),

    take: (counter, { policy, units, permitId }, at) => {
      const state = table.state(counter);
      const next = algorithm.spend(state, policy, units, at);
      // Permits of a state that says nothing any more are of units that came back.
      if (table.permits(counter) !== undefined && !ifLive(state, at)) table.revokeAll(counter);
      table.setState(counter, next);
      if (permitId !== undefined)
        table.grant(counter, permitId, algorithm.permit(next, policy, units, at), at);
    },

    giveBack: (counter, policy, returned, at) => {
      const state = table.state(counter);
      if (state !== undefined) table.setState(counter, algorithm.giveBack(state, policy, returned, at));
    },
  };
}

/** Units of a window that goes on are added to the number that is there: the garbage collector knows nothing of it. */
function windowRules(table: CounterTable): Rules {
  const rules = countingRules(LIMIT_ALGORITHMS['fixed-window'], table);
  return {
    ...rules,
    take: (counter, taking, at) => {
      if (taking.permitId !== undefined || !table.addToWindow(counter, taking.units, at))
        rules.take(counter, taking, at);
    },
  };
}

/** The permits are the state. */
function holdingRules(table: CounterTable): Rules {
  return {
    look: (counter, policy, cost, at) => concurrency.look(stateOf(table, counter), policy, cost, at),

    take: (counter, { policy: { windowMs }, units, permitId }, at) => {
      if (permitId === undefined) return;
      const permit = { units, atMs: at.steadyMs, untilMs: at.steadyMs + windowMs };
      table.grant(counter, permitId, permit, at);
      table.setState(counter, leasesOf(table.permits(counter)));
    },

    giveBack: (counter) => table.setState(counter, leasesOf(table.permits(counter))),
  };
}

function stateOf(table: CounterTable, counter: Counter | undefined): LimitState | undefined {
  return counter === undefined ? undefined : table.state(counter);
}

function leasesOf(permits: PermitBook | undefined): ConcurrencyState | undefined {
  const last = permits?.last();
  if (permits === undefined || last === undefined) return undefined;
  return { held: permits.units(), leases: permits, expiresAtMs: last.untilMs };
}
