import { storeDecision } from '../../../domain/limits/store-decision.ts';
import type { CounterRequest, Decision, Taken } from '../../../ports/counter-store.ts';
import { readState } from './state.ts';

/** What the functions on `counters` answer of a request, numbers as digits. */
export interface Answer {
  readonly now_ms: string;
  readonly state: readonly string[] | null;
  readonly taken: boolean;
  readonly blocked_until_ms: string | null;
}

export interface UnitsAnswer extends Answer {
  /** What was taken, or what the permit has. */
  readonly units: string;
}

export function toDecision(
  { policy, cost }: Pick<CounterRequest, 'policy' | 'cost'>,
  answer: Answer | undefined,
): Decision {
  if (answer === undefined) throw new Error('a counter statement answered too few rows');
  const { now_ms, state, taken, blocked_until_ms } = answer;
  return storeDecision(
    { policy, cost },
    {
      nowMs: Number(now_ms),
      state: state === null ? undefined : readState(policy.algorithm, state),
      taken,
      blockedUntilMs: blocked_until_ms === null ? undefined : readEnd(blocked_until_ms),
    },
  );
}

export function toTaken({ policy }: CounterRequest, least: number, answer: UnitsAnswer | undefined): Taken {
  const taken = answer?.taken ? Number(answer.units) : 0;
  return { taken, decision: toDecision({ policy, cost: taken || least }, answer) };
}

const FOR_EVER = String(2n ** 63n - 1n);

function readEnd(digits: string): number {
  return digits === FOR_EVER ? Number.POSITIVE_INFINITY : Number(digits);
}
