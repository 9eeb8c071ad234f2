import { describe, expect, test } from 'vitest';
import { createLateRefunds } from '../../../src/adapters/limits/late-refunds.ts';
import type { CounterRequest, CounterStore, Refund } from '../../../src/ports/counter-store.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { settled, timersOf } from './fixture.ts';
import { aFleet } from './fleet.ts';
import { anInstance, REFUSED } from './outage.ts';

const aLongOne = () => aRequest({ limit: 1_000, windowMs: 86_400_000 });

/** Nine checks were admitted, and what was left of their lease could not go back. */
async function aLateRefund() {
  const all = anInstance();
  const request = aLongOne();
  await all.checks(request, 9);
  all.state.refunds = 'refused';
  await all.pass(100);
  expect(await all.used(request)).toBeGreaterThan(9);
  return { ...all, request };
}

describe('units that could not be given back', () => {
  test.each<[string, (store: CounterStore, request: CounterRequest) => Promise<unknown>]>([
    ['a check', (store, request) => store.consume(request, aCall())],
    ['a look', (store, request) => store.peek(request, aCall())],
    ['several checks', (store, request) => store.consumeAll([request], aCall())],
    ['a part', (store, request) => store.consumeUpTo(request, 1, aCall())],
    ['a refund', (store, request) => store.refund(request, aCall())],
    ['a block', (store, { key, policy }) => store.block(key, policy, 1, aCall())],
    ['a reset', (store, { key }) => store.reset(key, aCall())],
  ])('go back after %s that the store answers', async (_, ask) => {
    const { state, store, used, timers, request } = await aLateRefund();
    state.refunds = 'none';
    await ask(store, aRequest({ limit: 3 }));
    await settled();
    expect([await used(request), timers.running()]).toEqual([9, 0]);
  });

  test('go back with those of a lease that goes back in time', async () => {
    const { state, checks, pass, used, request } = await aLateRefund();
    await checks(aLongOne(), 9);
    state.refunds = 'none';
    await pass(100);
    expect(await used(request)).toBe(9);
  });

  test('go back within a second where nobody asks, and nothing runs once they are back', async () => {
    const { state, pass, used, timers, request } = await aLateRefund();
    state.refunds = 'none';
    await pass(999);
    expect(await used(request)).toBeGreaterThan(9);
    expect(timers.running()).toBe(1);
    await pass(1);
    expect([await used(request), timers.running()]).toEqual([9, 0]);
  });

  test('are tried again once a second where nobody asks', async () => {
    const { store, pass, timers } = await aLateRefund();
    const before = store.stats().storeCalls;
    for (let second = 0; second < 5; second += 1) await pass(1_000);
    expect(store.stats().storeCalls - before).toBe(5);
    expect(timers.running()).toBe(1);
  });

  test('are not tried with every answer while the store refuses them', async () => {
    const { store, inner, pass, state } = await aLateRefund();
    state.refunds = 'lost';
    const other = aRequest({ limit: 3 });
    for (let ms = 0; ms < 1_000; ms += 10) {
      await store.consume(other, aCall());
      await pass(10);
    }
    expect(inner.calls.refund).toBe(10);
  });

  test('do not keep others from going back', async () => {
    const { bare, open, timers } = aFleet(1);
    const [stuck, other] = [aRequest({ limit: 1_000 }), aRequest({ limit: 1_000 })];
    let refused = [stuck.key, other.key];
    const store = open({
      ...bare,
      refund: (units, call) =>
        refused.includes(units.key) ? Promise.reject(REFUSED) : bare.refund(units, call),
    });
    for (const request of [stuck, other])
      for (let time = 0; time < 9; time += 1) await store.consume(request, aCall());
    timers.pass(100);
    await settled();
    refused = [stuck.key];
    for (let second = 0; second < 2; second += 1) {
      timers.pass(1_000);
      await settled();
    }
    expect(await bare.peek(other, aCall())).toMatchObject({ remaining: 991 });
  });

  test.each([
    ['fixed-window', 60],
    ['sliding-window', 66],
  ] as const)('%s: are tried until their window is over', async (algorithm, seconds) => {
    const { checks, pass, state, store, timers } = anInstance();
    const request = aRequest({ algorithm, limit: 1_000, windowMs: 60_000 });
    await checks(request, 2);
    state.all = 'lost';
    await checks(request, 1);
    const before = store.stats().storeCalls;
    for (let second = 1; second < seconds; second += 1) await pass(1_000);
    expect([store.stats().storeCalls - before, timers.running()]).toEqual([seconds - 1, 1]);
    await pass(1_000);
    expect([store.stats().storeCalls - before, timers.running()]).toEqual([seconds - 1, 0]);
  });

  test('are kept of a thousand leases; of more the oldest are lost, which is told', async () => {
    const { checks, pass, state, used, errors } = anInstance({ hotChecks: 1 });
    const requests = Array.from({ length: 1_003 }, aLongOne);
    for (const request of requests) await checks(request, 3);
    state.all = 'refused';
    await pass(100);
    state.all = 'none';
    expect(errors).toEqual([REFUSED, expect.objectContaining({ cause: REFUSED })]);
    expect(errors[1]).toHaveProperty('message', expect.stringContaining('more than 1000 refunds wait'));
    await pass(1_000);
    const over = await Promise.all(requests.map(async (request) => (await used(request)) > 3));
    expect(over.map((isOver, index) => (isOver ? index : -1)).filter((index) => index >= 0)).toEqual([
      0, 1, 2,
    ]);
  });

  test('go back on `close`', async () => {
    const { state, store, used, timers, request } = await aLateRefund();
    state.refunds = 'none';
    await store.close();
    expect([await used(request), timers.running()]).toEqual([9, 0]);
  });

  test('are tried once more on `close`, and given up', async () => {
    const { store, timers, pass } = await aLateRefund();
    const before = store.stats().storeCalls;
    await store.close();
    await pass(10_000);
    expect([store.stats().storeCalls - before, timers.running()]).toEqual([1, 0]);
  });
});

describe('a refund that is being tried', () => {
  /** A list of so many refunds, of which the first is on its way. */
  async function underWay(refunds: number) {
    const clock = createFakeClock();
    const { startTimer, pass } = timersOf(clock);
    const sent: string[] = [];
    const answers: ((isBack: boolean) => void)[] = [];
    const attempt = ({ permitId = '' }: Refund) => {
      sent.push(permitId);
      return new Promise<boolean>((resolve) => answers.push(resolve));
    };
    const late = createLateRefunds({ clock: clock.elapsedMs, startTimer, attempt });
    const add = (permitId: string) => late.add({ ...aRequest(), permitId }, 1_000_000);
    for (let index = 0; index < refunds; index += 1) add(`${index}`);
    pass(1_000);
    const answer = async (isBack: boolean) => {
      answers.shift()?.(isBack);
      await settled();
    };
    return { late, add, sent, answer };
  }

  test('is not sent a second time meanwhile', async () => {
    const { late, sent } = await underWay(2);
    late.storeAnswered();
    await settled();
    expect(sent).toEqual(['0']);
  });

  test('is tried once more on `close` when it fails', async () => {
    const { late, sent, answer } = await underWay(1);
    const closing = late.close();
    await answer(false);
    await answer(true);
    await closing;
    expect(sent).toEqual(['0', '0']);
  });

  test('is not tried again where it had to go meanwhile', async () => {
    const { late, add, sent, answer } = await underWay(1_000);
    expect(add('one more')).toBe(false);
    await answer(false);
    const closing = late.close();
    await settled();
    for (let refund = 0; refund < 1_000; refund += 1) await answer(true);
    await closing;
    expect(sent.slice(0, 2)).toEqual(['0', '1']);
    expect(sent.slice(-2)).toEqual(['999', 'one more']);
  });
});
