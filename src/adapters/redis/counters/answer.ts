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

type Asked = Pick<CounterRequest, 'policy' | 'cost'>;

/** Reads what the scripts of consuming.ts answer to several requests: decisions in their order. */
export function readAnswers(requests: readonly Asked[], reply: unknown): readonly Decision[] {
  const [now, ...answers] = String(reply).split(',');
  return requests.map((request, index) => readOne(request, Number(now), answers[index] ?? ''));
}

/** As {@link readAnswers}, to a single one. */
export function readAnswer(request: Asked, reply: unknown): Decision {
  const text = String(reply);
  const end = text.indexOf(',');
  return readOne(request, Number(text.slice(0, end)), text.slice(end + 1));
}

function readOne(request: Asked, nowMs: number, answer: string): Decision {
  const code = Number(answer.charAt(0)) as AnswerCode;
  const kept = answer.slice(1);
  if (kept === '') return readDecision(request, nowMs, code, []);
  if (!kept.startsWith('+')) return readDecision(request, nowMs, code, digitsOf(kept));
  const [, block = 0, , , ...numbers] = digitsOf(kept.slice(1));
  return readDecision(request, nowMs, code, code === BLOCKED ? [block, ...numbers] : numbers);
}

function digitsOf(text: string): readonly number[] {
  return text.trimEnd().split(' ').map(Number);
}

function blockEnd(untilMs: number): number {
  return untilMs < FOR_EVER_MS ? untilMs : Number.POSITIVE_INFINITY;
}
