import type { Moment } from '../../../domain/limits/algorithm.ts';
import type { Policy } from '../../../domain/limits/policy.ts';
import type { Refund } from '../../../ports/counter-store.ts';
import { counterOf, FOR_EVER_MS } from './counter.ts';
import { judge } from './judge.ts';
import type { GivingBack } from './layout.ts';
import type { Operation, Seen } from './settle.ts';
import type { Terms } from './terms.ts';

/** Looks do not ask how much is left, so any limit does. */
const ANY_LIMIT = 1;

/** Gives units back, if the permit is known or some are taken. */
export function returning({ key, policy, cost, permitId }: Refund): Operation<true> {
  const counter = counterOf(key, policy);
  const asked = { policy: { ...policy, limit: ANY_LIMIT }, cost, permitId };

  function find(seen: Seen, at: Moment) {
    const judged = judge(counter, asked, seen[0], at);
    if (judged.state === undefined || (permitId !== undefined && !judged.permit)) return undefined;
    const { permit, state } = judged;
    const returned: GivingBack = { policy, units: Math.min(cost, permit?.units ?? cost), permit };
    return { returned, belief: { map: seen[0]?.map, state, at } };
  }

  return {
    counters: [counter],
    plan(believed, at) {
      const found = find(believed, at);
      if (found === undefined) return undefined;
      const { returned, belief } = found;
      const change = (terms: Terms) =>
        counter.layout.giveBack(returned, belief, { path: terms.name(counter.attribute), terms });
      return { parts: [{ counter, itemExpiresAt: undefined, change }], answer: () => true };
    },
    settled: (truth, at) => (find(truth, at) ? undefined : true),
  };
}

/** Blocks a counter until then, unless it is blocked for longer. */
export function blocking(key: string, policy: Omit<Policy, 'limit'>, forMs: number): Operation<true> {
  const counter = counterOf(key, policy);
  const untilMsAt = ({ steadyMs }: Moment) => Math.min(Math.ceil(steadyMs + forMs), FOR_EVER_MS);

  return {
    counters: [counter],
    plan: ([believed], at) => ({
      parts: [
        {
          counter,
          itemExpiresAt: believed?.itemExpiresAt,
          neededUntilMs: untilMsAt(at),
          change(terms) {
            const blockPath = terms.name(counter.blockAttribute);
            const until = terms.number(untilMsAt(at));
            return {
              set: [`${blockPath} = ${until}`],
              conditions: [`attribute_not_exists(${blockPath}) OR ${blockPath} < ${until}`],
            };
          },
        },
      ],
      answer: () => true,
    }),
    settled: ([truth], at) => (truth && truth.blockedUntilMs >= untilMsAt(at) ? true : undefined),
  };
}
