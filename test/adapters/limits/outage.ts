import type { LeasesOptions } from '../../../src/adapters/limits/leases.ts';
import { StoreNotAsked, StoreTimeout } from '../../../src/domain/errors.ts';
import type { CounterRequest, CounterStore } from '../../../src/ports/counter-store.ts';
import { aCall } from '../../support/call.ts';
import { counted, settled } from './fixture.ts';
import { aFleet } from './fleet.ts';

/** `lost`: calls are made and their answers are lost. `refused`: nothing is made. */
export type Trouble = 'none' | 'lost' | 'refused';

export const LOST = new StoreTimeout('memory', 'late');
export const REFUSED = new StoreNotAsked('memory', 'open');

/** Calls meet the trouble of the moment; refunds may have another. */
function troubled(bare: CounterStore) {
  const inner = counted(bare);
  const state: { all: Trouble; refunds: Trouble | undefined } = { all: 'none', refunds: undefined };
  const lostUnits = { plain: 0 };
  const meet = async <Answer>(trouble: Trouble, ask: () => Promise<Answer>, onLost?: () => void) => {
    if (trouble === 'refused') throw REFUSED;
    const answer = await ask();
    if (trouble === 'none') return answer;
    onLost?.();
    throw LOST;
  };
  const store: CounterStore = {
    ...inner,
    consume: (request, call) =>
      meet(
        state.all,
        () => inner.consume(request, call),
        () => {
          lostUnits.plain += request.cost;
        },
      ),
    consumeUpTo: (request, least, call) => meet(state.all, () => inner.consumeUpTo(request, least, call)),
    refund: (units, call) => meet(state.refunds ?? state.all, () => inner.refund(units, call)),
    peek: (request, call) => meet(state.all, () => inner.peek(request, call)),
  };
  return { store, inner, state, lostUnits };
}

/** One instance with leases over a store that has trouble. Checks that fail count as not admitted. */
export function anInstance(options: Partial<LeasesOptions> = {}) {
  const { bare, open, ...rest } = aFleet(1, options);
  const { store: inner, ...trouble } = troubled(bare);
  const store = open(inner);
  const check = (request: CounterRequest) =>
    store.consume(request, aCall()).then(
      ({ allowed }) => allowed,
      () => false,
    );
  const checks = async (request: CounterRequest, times: number) => {
    let admitted = 0;
    for (let time = 0; time < times; time += 1) if (await check(request)) admitted += 1;
    return admitted;
  };
  const pass = async (ms: number) => {
    rest.timers.pass(ms);
    await settled();
  };
  const used = async (request: CounterRequest) =>
    request.policy.limit - (await bare.peek(request, aCall())).remaining;
  return { ...rest, ...trouble, bare, store, checks, pass, used };
}
