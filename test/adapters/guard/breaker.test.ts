import { describe, expect, test } from 'vitest';
import type { BreakerChange, BreakerOptions, Verdict } from '../../../src/adapters/guard/breaker.ts';
import { createBreaker } from '../../../src/adapters/guard/breaker.ts';
import { StoreNotAsked } from '../../../src/domain/errors.ts';

const BROKEN = new Error('broken');

function aBreaker(options: Partial<BreakerOptions> = {}) {
  let now = 5_000;
  const changes: BreakerChange[] = [];
  const breaker = createBreaker({
    store: 'Redis',
    clock: () => now,
    failures: 3,
    openMs: 1_000,
    onChange: (change) => changes.push(change),
    ...options,
  });
  const succeed = () => breaker.run(async () => 'ok');
  const fail = async (error: Error = BROKEN) => {
    await expect(breaker.run(() => Promise.reject(error))).rejects.toBe(error);
  };
  const isRefused = async () => {
    const error: unknown = await breaker.run(async () => 'tried').catch((caught: unknown) => caught);
    return error instanceof StoreNotAsked;
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { breaker, changes, succeed, fail, isRefused, pass };
}

describe('the breaker', () => {
  test('opens after so many failures in a row, and tries nothing then', async () => {
    const { breaker, changes, succeed, fail, isRefused, pass } = aBreaker();
    await fail();
    await fail();
    expect(await succeed()).toBe('ok');
    await fail();
    await fail();
    expect(breaker.state()).toBe('closed');
    await fail();
    expect(breaker.state()).toBe('open');
    pass(999);
    expect(await isRefused()).toBe(true);
    expect(changes).toEqual([{ from: 'closed', to: 'open', reason: 'too many calls failed' }]);
    await expect(breaker.run(async () => 'tried')).rejects.toMatchObject({
      code: 'store-unavailable',
      cause: { message: 'the breaker is open: too many calls failed' },
    });
  });

  test('tries one call at a time when its time is over, and closes when it succeeds', async () => {
    const { breaker, changes, succeed, isRefused, pass } = aBreaker();
    breaker.trip('no permission');
    pass(1_000);
    const probe = Promise.withResolvers<string>();
    const probing = breaker.run(() => probe.promise);
    expect(breaker.state()).toBe('half-open');
    expect(await Promise.all(Array.from({ length: 20 }, isRefused))).toEqual(Array(20).fill(true));
    probe.resolve('back');
    expect(await probing).toBe('back');
    expect(await succeed()).toBe('ok');
    expect(changes.map(({ to, reason }) => [to, reason])).toEqual([
      ['open', 'no permission'],
      ['half-open', 'time for a probe'],
      ['closed', 'a probe succeeded'],
    ]);
  });

  test('opens for the whole time again when the probe fails', async () => {
    const { breaker, fail, isRefused, pass } = aBreaker();
    breaker.trip('test');
    pass(1_500);
    await fail();
    pass(999);
    expect(await isRefused()).toBe(true);
    pass(1);
    expect(await isRefused()).toBe(false);
    expect(breaker.state()).toBe('closed');
  });

  test('takes a probe that does not end for failed, and what becomes of it for nothing', async () => {
    const { breaker, succeed, isRefused, pass } = aBreaker();
    breaker.trip('test');
    pass(1_000);
    const probe = Promise.withResolvers<string>();
    const probing = breaker.run(() => probe.promise);
    pass(1_000);
    expect(await isRefused()).toBe(true);
    expect(breaker.state()).toBe('open');
    probe.resolve('late');
    expect(await probing).toBe('late');
    expect(breaker.state()).toBe('open');
    pass(1_000);
    expect(await succeed()).toBe('ok');
    expect(breaker.state()).toBe('closed');
  });

  test('the time of a probe is its own, also when one before it told nothing', async () => {
    const { breaker, fail, isRefused, pass } = aBreaker({ judge: () => 'neither' });
    breaker.trip('test');
    pass(1_000);
    await fail();
    pass(5_000);
    const probe = Promise.withResolvers<string>();
    const probing = breaker.run(() => probe.promise);
    expect(await isRefused()).toBe(true);
    expect(breaker.state()).toBe('half-open');
    probe.resolve('back');
    await probing;
    expect(breaker.state()).toBe('closed');
  });

  test('outcomes of calls that began before it opened count for nothing', async () => {
    const { breaker, succeed, pass } = aBreaker({ failures: 1 });
    const [good, bad] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const calls = [breaker.run(() => good.promise), breaker.run(() => bad.promise)];
    breaker.trip('test');
    good.resolve('good');
    await calls[0];
    expect(breaker.state()).toBe('open');
    pass(1_000);
    await succeed();
    bad.reject(BROKEN);
    await expect(calls[1]).rejects.toBe(BROKEN);
    expect(breaker.state()).toBe('closed');
  });

  test('a trip while it is open begins its time anew', async () => {
    const { breaker, changes, isRefused, pass } = aBreaker();
    breaker.trip('first');
    pass(900);
    breaker.trip('second');
    pass(900);
    expect(await isRefused()).toBe(true);
    expect(changes).toHaveLength(1);
  });

  test('work that throws at once has failed', async () => {
    const { breaker } = aBreaker({ failures: 1 });
    const work = () => {
      throw BROKEN;
    };
    await expect(breaker.run(work)).rejects.toBe(BROKEN);
    expect(breaker.state()).toBe('open');
  });

  test('errors that are answers, or say nothing of the store, are no failures', async () => {
    const verdicts = new Map<unknown, Verdict>([
      [BROKEN, 'failure'],
      ['not-found', 'answer'],
      ['gone', 'neither'],
    ]);
    const judge = (error: unknown) =>
      verdicts.get(error === BROKEN ? error : (error as Error).message) ?? 'failure';
    const { breaker, fail, isRefused, pass } = aBreaker({ failures: 2, judge });
    await fail();
    await fail(new Error('gone'));
    await fail(new Error('not-found'));
    await fail();
    expect(breaker.state()).toBe('closed');
    await fail();
    expect(breaker.state()).toBe('open');
    pass(1_000);
    await fail(new Error('gone'));
    expect(breaker.state()).toBe('half-open');
    await fail(new Error('not-found'));
    expect(breaker.state()).toBe('closed');
    expect(await isRefused()).toBe(false);
  });

  test('opens at a share of failures in a window, when there are calls enough', async () => {
    const { breaker, succeed, fail, pass } = aBreaker({
      failures: { share: 0.5, windowMs: 10_000, minCalls: 10 },
    });
    for (let calls = 0; calls < 5; calls += 1) await fail();
    pass(12_000);
    for (let calls = 0; calls < 5; calls += 1) await succeed();
    for (let calls = 0; calls < 4; calls += 1) await fail();
    expect(breaker.state()).toBe('closed');
    pass(5_000);
    await fail();
    expect(breaker.state()).toBe('open');
  });
});
