import fc from 'fast-check';
import type { Algorithm, CountingPolicy, Policy } from '../../../src/domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import type { CounterDifferences } from '../../../src/ports/differences.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { FakeClock } from '../../support/fake-clock.ts';

export interface CounterFixture {
  readonly store: CounterStore;
  /** The same counters as another instance of the service sees them; where only one process can see them, the same object. */
  readonly elsewhere: CounterStore;
  /** The counters as a service sees them that is started anew. */
  readonly restart: () => CounterStore;
  /** The clock that all measure by. */
  readonly clock: FakeClock;
  /** What the adapter declares of itself. */
  readonly differences: CounterDifferences;
  /** How many random histories each property plays, {@link RUNS} by default: fewer where each call crosses a network. */
  readonly runs?: number;
}

export type MakeCounters = () => Promise<CounterFixture>;

export const RUNS = 300;

export const DAY_MS = 86_400_000;

/** Too short, not a multiple of ten sub-windows, fractional in seconds, common, and as long as the port takes. */
export const WINDOWS_MS = [100, 101, 500, 997, 1900, 60_000, 3_600_000, 31 * DAY_MS] as const;

/** A request under one algorithm, so that one that only counts may go to a store that only counts. */
export type RequestOf<Used extends Algorithm> = CounterRequest & {
  readonly policy: Policy & { readonly algorithm: Used };
};

type Overrides<Used extends Algorithm> = Partial<
  Omit<Policy, 'algorithm'> & Pick<CounterRequest, 'key' | 'cost' | 'permitId' | 'chargeDenied'>
> & { readonly algorithm?: Used };

export function aRequest<Used extends Algorithm = 'fixed-window'>(
  overrides: Overrides<Used> = {},
): RequestOf<Used> {
  const { algorithm = 'fixed-window' as Used, limit = 10, windowMs = 60_000, ...rest } = overrides;
  return { key: anId('key'), cost: 1, ...rest, policy: { algorithm, limit, windowMs } };
}

/** Consumes again and again until the first denial, at most `most` times; answers how often it passed. */
export async function consumeUntilDenied(
  store: CounterStore,
  request: CounterRequest,
  most: number,
): Promise<number> {
  for (let passed = 0; passed < most; passed += 1) {
    if (!(await store.consume(request, aCall())).allowed) return passed;
  }
  return most;
}

export interface Step {
  /** As a share of one window. */
  readonly pause: number;
  readonly cost: number;
}

export interface History {
  readonly policy: CountingPolicy;
  readonly steps: readonly Step[];
}

export interface Asked {
  readonly atMs: number;
  readonly cost: number;
  readonly decision: Decision;
}

/** From nothing to so much, evenly: `fc.double` is even over the exponents, so that nearly all of its numbers are nearly 0. */
export function aShare(most: number): fc.Arbitrary<number> {
  return fc.nat(1_000_000_000).map((part) => (part / 1_000_000_000) * most);
}

/** Policies with small limits, and callers that come in bursts, around boundaries and after long pauses. */
export function aHistory(
  algorithms: readonly CountingPolicy['algorithm'][] = COUNTING_ALGORITHMS,
): fc.Arbitrary<History> {
  const policy = fc.record({
    algorithm: fc.constantFrom(...algorithms),
    limit: fc.integer({ min: 1, max: 30 }),
    windowMs: fc.constantFrom(...WINDOWS_MS),
  });
  const pause = fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 6, arbitrary: aShare(0.3) },
    { weight: 2, arbitrary: fc.constantFrom(0.1, 0.9, 1, 1.1) },
    { weight: 1, arbitrary: aShare(3) },
  );
  const cost = fc.oneof(
    { weight: 5, arbitrary: fc.constant(1) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 31 }) },
  );
  return fc.record({ policy, steps: fc.array(fc.record({ pause, cost }), { maxLength: 60 }) });
}

/** Plays a history on a key of its own. */
export async function play(
  { store, clock }: CounterFixture,
  { policy, steps }: History,
  key: string,
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (const { pause, cost } of steps) {
    clock.advance(Math.round(pause * policy.windowMs));
    const decision = await store.consume({ key, policy, cost }, aCall());
    asked.push({ atMs: clock.now(), cost, decision });
  }
  return asked;
}

export function unitsOf(asked: readonly Asked[]): number {
  return asked.reduce((sum, { cost }) => sum + cost, 0);
}
