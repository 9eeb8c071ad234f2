import { randomUUID } from 'node:crypto';
import type { Policy } from '../../../../src/domain/limits/policy.ts';
import type { Dice } from '../dice.ts';
import type { Asked, OperationKind } from './history.ts';

export interface Work {
  readonly kind: OperationKind;
  readonly asked: readonly Asked[];
}

const KEYS = ['ann', 'bob'] as const;

/** Far less than is asked for, by a slow engine on a busy machine too. */
const POLICIES: readonly Policy[] = [
  { algorithm: 'fixed-window', limit: 20, windowMs: 2000 },
  { algorithm: 'fixed-window', limit: 8, windowMs: 700 },
  { algorithm: 'sliding-window', limit: 20, windowMs: 2000 },
  { algorithm: 'token-bucket', limit: 20, windowMs: 2000 },
];

const MOST_COST = 4;
const MOST_COST_UP_TO = 12;

/** Something to ask of a few counters; `held` are permits whose units may be given back. */
export function chooseWork(dice: Dice, held: Asked[]): Work {
  const roll = dice.below(100);
  const refund = roll < 15 ? held.shift() : undefined;
  if (refund !== undefined)
    return { kind: 'refund', asked: [{ ...refund, cost: 1 + dice.below(refund.cost) }] };
  if (roll < 40) return { kind: 'consume-all', asked: chooseSeveral(dice) };
  if (roll < 55) return { kind: 'consume-up-to', asked: [chooseUpTo(dice)] };
  return { kind: 'consume', asked: [chooseOne(dice, dice.pick(KEYS), dice.pick(POLICIES))] };
}

function chooseOne(dice: Dice, key: string, policy: Policy): Asked {
  const permit = dice.below(2) === 0 ? { permitId: randomUUID() } : {};
  return { key, policy, cost: 1 + dice.below(MOST_COST), ...permit };
}

/** One policy of several keys, or several of one. */
function chooseSeveral(dice: Dice): readonly Asked[] {
  const [key, policy] = [dice.pick(KEYS), dice.pick(POLICIES)];
  if (dice.below(2) === 0) return KEYS.map((each) => chooseOne(dice, each, policy));
  const other = dice.pick(POLICIES.filter((each) => each !== policy));
  return [policy, other].map((each) => chooseOne(dice, key, each));
}

function chooseUpTo(dice: Dice): Asked {
  const cost = 1 + dice.below(MOST_COST_UP_TO);
  return { ...chooseOne(dice, dice.pick(KEYS), dice.pick(POLICIES)), cost, least: 1 + dice.below(cost) };
}
