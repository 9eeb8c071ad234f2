import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValidationFailed } from '../../../src/domain/errors.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, aShare, RUNS, WINDOWS_MS } from './fixture.ts';

/** `concurrency`: never more held at once than the limit, each until it is given back or its lease ends. */
export function concurrencyContract(make: MakeCounters): void {
  const held = (overrides: Parameters<typeof aRequest<'concurrency'>>[0] = {}) =>
    aRequest({ algorithm: 'concurrency', permitId: anId('permit'), ...overrides });

  test('a request without a permit is refused and takes nothing', async () => {
    const { store } = await make();
    const { permitId: _, ...without } = held();
    const refused = [
      () => store.consume(without, aCall()),
      () => store.consumeUpTo(without, 1, aCall()),
      () => store.consumeAll([aRequest({ key: without.key }), without], aCall()),
    ];
    for (const ask of refused) await expect(ask()).rejects.toBeInstanceOf(ValidationFailed);
    expect(await store.peek(without, aCall())).toMatchObject({ allowed: true, remaining: 10 });
    expect(await store.peek(aRequest({ key: without.key }), aCall())).toMatchObject({ remaining: 10 });
  });

  test('the limit is held at once, and one more when one gives back', async () => {
    const { store, elsewhere } = await make();
    const key = anId('key');
    const answers: Decision[] = [];
    for (const permitId of ['a', 'b', 'c', 'd'])
      answers.push(await store.consume(held({ key, limit: 3, permitId }), aCall()));
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
    await elsewhere.refund(held({ key, permitId: 'b' }), aCall());
    expect(await store.consume(held({ key, limit: 3, permitId: 'd' }), aCall())).toMatchObject({
      allowed: true,
      remaining: 0,
    });
  });

  test.each(WINDOWS_MS)('a lease of %i ms ends to the millisecond', async (windowMs) => {
    const { store, clock } = await make();
    const request = held({ limit: 5, cost: 5, windowMs });
    expect(await store.consume(request, aCall())).toMatchObject({ resetAfterMs: windowMs });
    const other = { ...request, permitId: 'other' };
    expect(await store.consume(other, aCall())).toMatchObject({ allowed: false, retryAfterMs: windowMs });
    clock.advance(windowMs - 1);
    expect(await store.consume(other, aCall())).toMatchObject({ allowed: false, retryAfterMs: 1 });
    clock.advance(1);
    expect(await store.consume(other, aCall())).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('who asks again keeps its units a whole window longer', async () => {
    const { store, clock } = await make();
    const request = held({ limit: 5, cost: 3, windowMs: 1_000 });
    for (let round = 0; round < 5; round += 1) {
      expect(await store.consume(request, aCall())).toMatchObject({ remaining: 2, resetAfterMs: 1_000 });
      clock.advance(999);
    }
    clock.advance(1);
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 5, resetAfterMs: 0 });
  });

  test('a wait is for as many leases as the cost needs, by the order in which they end', async () => {
    const { store, clock } = await make();
    const request = held({ limit: 6, windowMs: 1_000 });
    for (const permitId of ['a', 'b', 'c']) {
      await store.consume({ ...request, cost: 2, permitId }, aCall());
      clock.advance(100);
    }
    await store.consume({ ...request, permitId: 'a' }, aCall());
    const waits: number[] = [];
    for (let cost = 1; cost <= 7; cost += 1) {
      const { retryAfterMs } = await store.peek({ ...request, cost, permitId: 'd' }, aCall());
      waits.push(retryAfterMs);
    }
    expect(waits).toEqual([800, 800, 900, 900, 1_000, 1_000, Number.POSITIVE_INFINITY]);
  });

  test('a lease that has ended is not given back a second time', async () => {
    const { store, clock } = await make();
    const request = held({ limit: 5, cost: 3, windowMs: 1_000 });
    await store.consume(request, aCall());
    clock.advance(1_000);
    await store.consume({ ...request, permitId: 'other' }, aCall());
    await store.refund(request, aCall());
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 2 });
  });

  test('all that a permit holds is given back, and nothing without one', async () => {
    const { store } = await make();
    const request = held({ cost: 6 });
    const { permitId: _, ...without } = request;
    await store.consume(request, aCall());
    await store.refund(without, aCall());
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 4 });
    await store.refund({ ...request, cost: 1 }, aCall());
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10 });
  });

  test('at no moment is more held than the limit, by 200 that come and go at once', async () => {
    const { store, elsewhere } = await make();
    const key = anId('key');
    let heldNow = 0;
    let most = 0;
    let passed = 0;
    const work = async (index: number) => {
      const request = aRequest({ algorithm: 'concurrency', key, limit: 7, permitId: `${index}` });
      const instance = index % 2 ? store : elsewhere;
      for (let round = 0; round < 3; round += 1) {
        if (!(await instance.consume(request, aCall())).allowed) continue;
        heldNow += 1;
        passed += 1;
        most = Math.max(most, heldNow);
        await instance.peek(request, aCall());
        heldNow -= 1;
        await instance.refund(request, aCall());
      }
    };
    await Promise.all(Array.from({ length: 200 }, (_, index) => work(index)));
    expect(most).toBeLessThanOrEqual(7);
    expect(passed).toBeGreaterThanOrEqual(7);
    expect(await store.peek(held({ key, limit: 7 }), aCall())).toMatchObject({
      remaining: 7,
      resetAfterMs: 0,
    });
  });

  test('no history holds more than the limit, counting each lease to its end', async () => {
    const { store, clock, runs } = await make();
    await fc.assert(
      fc.asyncProperty(visits, fc.constantFrom(...WINDOWS_MS), async (all, windowMs) => {
        const request = held({ limit: 12, windowMs });
        const leases = new Map<string, Lease>();
        for (const visit of all) {
          clock.advance(Math.round(visit.pause * windowMs));
          for (const [id, { untilMs }] of leases) if (untilMs <= clock.now()) leases.delete(id);
          await playVisit(store, request, visit, leases, clock.now() + windowMs);
          const sum = [...leases.values()].reduce((total, { units }) => total + units, 0);
          expect(sum).toBeLessThanOrEqual(12);
          expect(await store.peek(request, aCall())).toMatchObject({ remaining: 12 - sum });
        }
      }),
      { numRuns: runs ?? RUNS },
    );
  });
}

interface Lease {
  readonly units: number;
  readonly untilMs: number;
}

const aVisit = fc.record({
  pause: aShare(0.5),
  permitId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  cost: fc.integer({ min: 1, max: 6 }),
  isRefund: fc.boolean(),
});

const visits = fc.array(aVisit, { maxLength: 60 });

/** Takes or gives back, and notes what is held then. */
async function playVisit(
  store: CounterStore,
  request: CounterRequest,
  { permitId, cost, isRefund }: typeof aVisit extends fc.Arbitrary<infer Value> ? Value : never,
  leases: Map<string, Lease>,
  untilMs: number,
): Promise<void> {
  const asked = { ...request, permitId, cost };
  if (isRefund) {
    await store.refund(asked, aCall());
    leases.delete(permitId);
    return;
  }
  const { allowed } = await store.consume(asked, aCall());
  const units = leases.get(permitId)?.units ?? cost;
  leases.delete(permitId);
  if (allowed) leases.set(permitId, { units, untilMs });
}
