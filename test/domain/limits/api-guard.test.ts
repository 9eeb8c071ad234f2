import { describe, expect, it } from 'vitest';
import { withBlockCache } from '../../../src/adapters/limits/block-cache.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import { createApiGuard } from '../../../src/domain/limits/api-guard.ts';
import { createInstanceCount } from '../../../src/domain/limits/instance-count.ts';
import { readPolicies } from '../../../src/domain/limits/named-policy.ts';
import type { Judgement } from '../../../src/domain/limits/store-trouble.ts';
import type { CounterRequest, CounterStore } from '../../../src/ports/counter-store.ts';
import type { LimitDecision } from '../../../src/ports/telemetry.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { resilient } from '../../support/resilient.ts';

function aGuard(policies: string, given?: (store: CounterStore) => Partial<CounterStore>, instances = 1) {
  const clock = createFakeClock();
  const store = createMemoryCounterStore({ clock });
  const heard: LimitDecision[] = [];
  const guard = createApiGuard({
    counters: resilient(given === undefined ? store : given(store), { instances: () => instances }),
    onStoreError: 'local',
    onDecision: (decision) => heard.push(decision),
  });
  const gate = guard.gate(readPolicies(policies));
  const admit = async (subject = 'one', cost = 1) =>
    gate.admitNow(subject, cost) ?? (await gate.admit(subject, cost, aCall()));
  return { clock, store, heard, admit };
}

const down = () => {
  const fail = async () => {
    throw new StoreUnavailable('the counter store', new Error('down'));
  };
  return { consume: fail, consumeAll: fail, peek: fail };
};

describe('a gate', () => {
  it('takes from all policies or from none', async () => {
    const { clock, admit } = aGuard('burst=2/s,hourly=3/h');
    expect(await admit()).toMatchObject({ outcome: 'admitted', violated: [], retryAfterMs: 0 });
    const { items } = await admit();
    expect(items.map(({ policy, decision }) => [policy.name, decision.remaining])).toEqual([
      ['burst', 0],
      ['hourly', 1],
    ]);
    expect(await admit()).toMatchObject({ outcome: 'denied', violated: ['burst'], retryAfterMs: 1000 });
    clock.advance(1000);
    expect((await admit()).items.map(({ decision }) => decision.remaining)).toEqual([1, 0]);
    expect(await admit()).toMatchObject({ outcome: 'denied', violated: ['hourly'] });
  });

  it('counts each subject by itself, and asks once for all policies of all calls', async () => {
    const asked: CounterRequest[][] = [];
    const { admit } = aGuard('burst=1/s,hourly=3/h', (store) => ({
      ...store,
      consumeNow: (requests) => {
        asked.push([...requests]);
        return store.consumeNow?.(requests);
      },
    }));
    expect((await admit('one')).outcome).toBe('admitted');
    expect((await admit('other')).outcome).toBe('admitted');
    expect((await admit('one')).outcome).toBe('denied');
    expect(asked.map((requests) => new Set(requests.map(({ key }) => key)).size)).toEqual([1, 1, 1]);
    // No key of the rate limits as a service has a control character.
    expect(asked.flat().every(({ key }) => key.startsWith('\u001f'))).toBe(true);
  });

  it('with policies of the same window for some routes counts them apart', async () => {
    const { admit } = aGuard('all=5/s,search=1/s:routes=search');
    expect(await admit()).toMatchObject({ outcome: 'admitted' });
    expect(await admit()).toMatchObject({ outcome: 'denied', violated: ['search'] });
  });

  it('in shadow mode counts what it would deny, denies nothing and tells nothing', async () => {
    const { admit, heard } = aGuard('strict=1/h:shadow,loose=3/h:sliding-window');
    const admissions = [await admit(), await admit(), await admit(), await admit()];
    expect(admissions.map(({ outcome }) => outcome)).toEqual(['admitted', 'admitted', 'admitted', 'denied']);
    expect(admissions.flatMap(({ items }) => items).every(({ policy }) => policy.name === 'loose')).toBe(
      true,
    );
    const outcomes = heard.filter(({ policy }) => policy === 'strict').map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['allowed', 'shadow-denied', 'shadow-denied', 'shadow-denied']);
  });

  it('with no policies admits all', async () => {
    const { admit } = aGuard('');
    expect(await admit()).toMatchObject({ outcome: 'admitted', items: [], degraded: false });
  });

  it('takes the cost', async () => {
    const { admit } = aGuard('hourly=10/h');
    expect((await admit('one', 7)).items[0]?.decision.remaining).toBe(3);
    expect(await admit('one', 4)).toMatchObject({ outcome: 'denied', violated: ['hourly'] });
  });
});

describe('a client that is known to be over a limit', () => {
  function overRemembered(policies: string) {
    let asked = 0;
    const gate = aGuard(policies, ({ consumeNow: _consumeNow, ...store }) => {
      const clock = { elapsedMs: 0 };
      const counted = {
        ...store,
        consumeAll: (...args: Parameters<CounterStore['consumeAll']>) => {
          asked += 1;
          return store.consumeAll(...args);
        },
      };
      return withBlockCache(counted, { clock: () => clock.elapsedMs, maxKeys: 10 });
    });
    return { ...gate, asked: () => asked };
  }

  it('is denied without asking, by that one alone', async () => {
    const { admit, asked, heard } = overRemembered('burst=5/s,hourly=2/h');
    for (let call = 0; call < 3; call += 1) await admit();
    expect(asked()).toBe(3);
    const known = await admit();
    expect(asked()).toBe(3);
    expect(known).toMatchObject({ outcome: 'denied', violated: ['hourly'], degraded: false });
    expect(known.items.map(({ policy, decision }) => [policy.name, decision.remaining])).toEqual([
      ['hourly', 0],
    ]);
    expect(known.retryAfterMs).toBeGreaterThan(0);
    expect(heard.at(-1)).toEqual({ policy: 'hourly', outcome: 'denied', decidedBy: 'block-cache' });
    expect((await admit('other')).outcome).toBe('admitted');
  });

  it('still counts in shadow mode', async () => {
    const { admit, heard } = overRemembered('burst=5/s,hourly=1/h,daily=10/d:shadow');
    for (let call = 0; call < 4; call += 1) await admit();
    expect(heard.filter(({ policy }) => policy === 'daily')).toHaveLength(4);
  });
});

describe('a gate without its counters', () => {
  it('decides by the rule of each policy, and says that it guesses', async () => {
    const { admit, heard } = aGuard('a=10/s:open,b=10/h', down);
    expect(await admit()).toMatchObject({ outcome: 'admitted', degraded: true });
    expect(heard.map(({ policy, decidedBy }) => [policy, decidedBy])).toEqual([
      ['a', 'open'],
      ['b', 'local'],
    ]);
  });

  it('that lets no more pass for the outage alone is unavailable', async () => {
    const closed = aGuard('a=10/s:closed', down);
    expect(await closed.admit()).toMatchObject({
      outcome: 'unavailable',
      violated: ['a'],
      retryAfterMs: 1000,
    });
    const shared = aGuard('a=2/h', down, 2);
    expect((await shared.admit()).outcome).toBe('admitted');
    expect((await shared.admit()).outcome).toBe('unavailable');
  });

  it('that counted the whole limit by itself denies', async () => {
    const { admit } = aGuard('a=1/h', down);
    expect((await admit()).outcome).toBe('admitted');
    expect(await admit()).toMatchObject({ outcome: 'denied', violated: ['a'] });
  });
});

describe('several denials', () => {
  const denied = (retryAfterMs: number, isOutage = false): Judgement => ({
    decision: { allowed: false, remaining: 0, retryAfterMs, resetAfterMs: retryAfterMs },
    decidedBy: isOutage ? 'local' : 'store',
    isOutage,
  });
  const admissionOf = (...judgements: readonly Judgement[]) => {
    const counters = { ...resilient({}), consumeNow: () => judgements };
    const guard = createApiGuard({ counters, onStoreError: 'local', onDecision: () => undefined });
    return guard.gate(readPolicies('a=1/s,b=1/m')).admitNow('one', 1);
  };

  it('are one by a limit when one of them is true, whichever comes first', () => {
    const [truly, outage] = [denied(1), denied(1, true)];
    expect(admissionOf(truly, outage)?.outcome).toBe('denied');
    expect(admissionOf(outage, truly)?.outcome).toBe('denied');
    expect(admissionOf(truly, truly)?.outcome).toBe('denied');
    expect(admissionOf(outage, outage)?.outcome).toBe('unavailable');
  });

  it('are told by name, with the longest wait, whichever comes first', () => {
    const both = ['a', 'b'];
    expect(admissionOf(denied(3000), denied(1000))).toMatchObject({ violated: both, retryAfterMs: 3000 });
    expect(admissionOf(denied(1000), denied(3000))).toMatchObject({ violated: both, retryAfterMs: 3000 });
    const never = Number.POSITIVE_INFINITY;
    expect(admissionOf(denied(never), denied(1000))?.retryAfterMs).toBe(never);
  });

  it('say each by itself who decided', () => {
    const items = admissionOf(denied(1), denied(1, true))?.items;
    expect(items?.map(({ decidedBy, isOutage }) => [decidedBy, isOutage])).toEqual([
      ['store', false],
      ['local', true],
    ]);
  });
});

describe('the count of instances', () => {
  const epochs = { programs: 0, search: 0 };
  const reports = (...ages: number[]) =>
    ages.map((ageMs, index) => ({ instanceId: `i${index}`, epochs, ageMs }));

  it('is of those that checked in of late, and never less than this one', async () => {
    let ages = [100, 900, 9_999, 10_000];
    const count = createInstanceCount({ instances: async () => reports(...ages) });
    expect(count.current()).toBe(1);
    await count.round(aCall());
    expect(count.current()).toBe(3);
    ages = [];
    await count.round(aCall());
    expect(count.current()).toBe(1);
  });

  it('stays as it was while it can not be had', async () => {
    let isDown = false;
    const count = createInstanceCount({
      instances: async () => {
        if (isDown) throw new StoreUnavailable('the database', new Error('down'));
        return reports(1, 2);
      },
    });
    await count.round(aCall());
    isDown = true;
    await expect(count.round(aCall())).rejects.toBeInstanceOf(StoreUnavailable);
    expect(count.current()).toBe(2);
  });
});
