import type { Call } from '../../../ports/call.ts';
import type { CounterRequest, Decision } from '../../../ports/counter-store.ts';
import type { AnswerCode } from './answer.ts';
import { KNOWN, readDecision, TAKEN } from './answer.ts';
import { filedKey } from './filed-key.ts';
import { takeScript } from './scripts.ts';
import type { CounterServer } from './server.ts';

export interface Wish extends CounterRequest {
  /** Units that it needs at least. Default: its cost. */
  readonly least?: number;
}

export interface Answered {
  /** `known`: taken before, under the same permit. */
  readonly units: 'taken' | 'known' | 'none';
  /** How many those are. */
  readonly count: number;
  readonly decision: Decision;
}

/** Takes the units of all, of keys that are on one server, or of none; or only looks. One round trip. */
export type Take = (
  mode: 'take' | 'look',
  wishes: readonly Wish[],
  call: Call,
) => Promise<readonly Answered[]>;

export function createTake(server: CounterServer): Take {
  return async (mode, wishes, call) => {
    const names = [...new Set(wishes.map(({ key }) => server.hashOf(key)))];
    const args = wishes.flatMap((wish) => argsOf(wish, names.indexOf(server.hashOf(wish.key)) + 1));
    const reply = await takeScript(
      server.client,
      names,
      [server.driven(), server.slackMs, mode, ...args],
      call,
    );
    const [nowMs, ...answers] = reply as readonly [number, ...(readonly number[])[]];
    return wishes.map((wish, index) => readAnswer(wish, nowMs, answers[index] ?? []));
  };
}

export function filedPermit(permitId: string | undefined): string {
  return permitId === undefined ? '' : filedKey(permitId);
}

function argsOf({ policy, cost, least = cost, permitId, chargeDenied }: Wish, key: number) {
  const { algorithm, limit, windowMs } = policy;
  return [key, algorithm, limit, windowMs, cost, least, filedPermit(permitId), chargeDenied ? 1 : 0];
}

const HAS: Readonly<Record<number, Answered['units']>> = { [TAKEN]: 'taken', [KNOWN]: 'known' };

function readAnswer(
  { policy, cost, least = cost }: Wish,
  nowMs: number,
  [count = 0, code = 0, ...rest]: readonly number[],
): Answered {
  const units = HAS[code] ?? 'none';
  const asked = { policy, cost: units === 'none' ? least : count };
  return { units, count, decision: readDecision(asked, nowMs, code as AnswerCode, rest) };
}
