import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreThrottled, StoreTimeout, StoreUnavailable } from '../../../../src/domain/errors.ts';
import type { Call } from '../../../../src/ports/call.ts';
import type { CounterStore } from '../../../../src/ports/counter-store.ts';
import type { Dice } from '../dice.ts';
import type { Work } from './choose-work.ts';
import { chooseWork } from './choose-work.ts';
import type { Asked, EndLine, HistoryLine, Told } from './history.ts';

export interface HammerOptions {
  readonly name: string;
  readonly store: CounterStore;
  readonly dice: Dice;
  /** Keeps a line before it returns. */
  readonly log: (line: HistoryLine) => void;
  /** Operations under way at once. Default: 4. */
  readonly lanes?: number;
}

/** Asks a store for more than there is, all the time, and tells of each operation before it is sent and when it is answered. */
export interface Hammer {
  /** Resolves when the operations under way are answered. */
  stop(): Promise<void>;
}

const MOST_PAUSE_MS = 20;
/** A client that is not connected answers at once. */
const PAUSE_AFTER_UNKNOWN_MS = 100;
const TRIES = 3;
const MOST_HELD = 5;
/** Some callers do not wait long. */
const DEADLINE = { share: 30, leastMs: 30, spreadMs: 300 };

export function startHammer(options: HammerOptions): Hammer {
  const { dice, lanes = 4 } = options;
  let isStopped = false;
  const lane = async (own: Dice): Promise<void> => {
    const held: Asked[] = [];
    while (!isStopped) {
      await work(options, own, held);
      await delay(own.below(MOST_PAUSE_MS));
    }
  };
  const running = Array.from({ length: lanes }, () => lane(dice.fork()));
  return {
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}

/** One operation. When nobody knows whether it was done it is sent again, as it was, if its permits make that safe. */
async function work(options: HammerOptions, dice: Dice, held: Asked[]): Promise<void> {
  const chosen = chooseWork(dice, held);
  const isSafe = chosen.asked.every(({ permitId }) => permitId !== undefined);
  for (let tried = 1; tried <= (isSafe ? TRIES : 1); tried += 1) {
    const { outcome, told = [] } = await perform(options, dice, chosen);
    if (outcome === 'allowed' && chosen.kind !== 'refund') hold(held, chosen.asked, told);
    if (outcome !== 'unknown') return;
    await delay(PAUSE_AFTER_UNKNOWN_MS);
  }
}

function hold(held: Asked[], asked: readonly Asked[], told: readonly Told[]): void {
  const withPermit = asked.map((each, index) => ({ ...each, cost: told[index]?.units ?? each.cost }));
  held.push(...withPermit.filter(({ permitId }) => permitId !== undefined));
  held.splice(0, Math.max(0, held.length - MOST_HELD));
}

async function perform({ name, store, log }: HammerOptions, dice: Dice, chosen: Work): Promise<EndLine> {
  const id = `${name}-${randomUUID().slice(0, 8)}`;
  const call = aCallThatMayEnd(dice);
  log({ event: 'begin', id, worker: name, ...chosen, at: Date.now() });
  const answer = await send(store, chosen, call).then(
    (told) => ({ outcome: told.every(({ allowed }) => allowed) ? 'allowed' : 'denied', told }) as const,
    (error: unknown) => ({
      outcome: isOfPort(error, call) ? ('unknown' as const) : ('fault' as const),
      error: String(error),
    }),
  );
  const end: EndLine = { event: 'end', id, at: Date.now(), ...answer };
  log(end);
  return end;
}

function aCallThatMayEnd(dice: Dice): Call {
  const hasDeadline = dice.below(100) < DEADLINE.share;
  const afterMs = DEADLINE.leastMs + dice.below(DEADLINE.spreadMs);
  return { signal: hasDeadline ? AbortSignal.timeout(afterMs) : new AbortController().signal };
}

function isOfPort(error: unknown, { signal }: Call): boolean {
  if (signal.aborted && error === signal.reason) return true;
  return [StoreUnavailable, StoreTimeout, StoreThrottled].some((each) => error instanceof each);
}

async function send(store: CounterStore, { kind, asked }: Work, call: Call): Promise<readonly Told[]> {
  const [first] = asked;
  if (first === undefined) throw new Error('nothing was asked');
  if (kind === 'refund') {
    await store.refund(first, call);
    return [];
  }
  if (kind === 'consume-up-to') {
    const { taken, decision } = await store.consumeUpTo(first, first.least ?? first.cost, call);
    return [{ allowed: decision.allowed, units: taken }];
  }
  const decisions =
    kind === 'consume' ? [await store.consume(first, call)] : await store.consumeAll(asked, call);
  return decisions.map(({ allowed }, index) => ({ allowed, units: allowed ? (asked[index]?.cost ?? 0) : 0 }));
}
