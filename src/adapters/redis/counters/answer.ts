import { storeDecision } from '../../../domain/limits/store-decision.ts';
import type { CounterRequest, Decision } from '../../../ports/counter-store.ts';
import { readState } from './state.ts';

/** The end of a block that never ends: the latest time that a script can reckon with. */
export const FOR_EVER_MS = Number.MAX_SAFE_INTEGER;

/** What a counter answers first: see scripts.ts. */
export type AnswerCode = 0 | 1 | 2 | 3;

export const TAKEN = 1 satisfies AnswerCode;
const BLOCKED = 2 satisfies AnswerCode;
export const KNOWN = 3 satisfies AnswerCode;

/** Reads what a counter answered at `nowMs`: its code, and the numbers after that. */
export function readDecision(
  asked: Pick<CounterRequest, 'policy' | 'cost'>,
  nowMs: number,
  code: AnswerCode,
  rest: readonly number[],
): Decision {
  const numbers = code === BLOCKED ? rest.slice(1) : rest;
  const [untilMs = 0] = rest;
  return storeDecision(asked, {
    nowMs,
    state: numbers.length === 0 ? undefined : readState(asked.policy, numbers),
    taken: code === TAKEN || code === KNOWN,
    blockedUntilMs: code === BLOCKED ? blockEnd(untilMs) : undefined,
  });
}

function blockEnd(untilMs: number): number {
  return untilMs < FOR_EVER_MS ? untilMs : Number.POSITIVE_INFINITY;
}
