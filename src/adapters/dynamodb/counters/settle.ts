import { StoreUnavailable } from '../../../domain/errors.ts';
import type { Moment } from '../../../domain/limits/algorithm.ts';
import type { Call } from '../../../ports/call.ts';
import type { Attributes } from './attribute-values.ts';
import type { Counter } from './counter.ts';
import type { Part } from './item-update.ts';
import { updateOf } from './item-update.ts';
import type { CounterItems } from './items.ts';
import type { Sighting, Sightings } from './sightings.ts';
import { sweepOf } from './sweep.ts';

/** By counter, in the order of the operation's; `undefined`: never seen. */
export type Seen = readonly (Sighting | undefined)[];

export interface Plan<Result> {
  /** One for each counter. */
  readonly parts: readonly Part[];
  /** What it means that they were done. */
  answer(after: Seen, at: Moment): Result;
}

/** A call of the port on some counters. It must be right whatever is believed: believing only chooses what is tried. */
export interface Operation<Result> {
  readonly counters: readonly Counter[];
  /** What to do if the counters are as believed; `undefined`: nothing, so it has to be read whether they are. */
  plan(believed: Seen, at: Moment): Plan<Result> | undefined;
  /** The answer for which nothing needs to be done, by what the counters are; `undefined`: something does. */
  settled(truth: Seen, at: Moment): Result | undefined;
}

export interface Desk {
  readonly items: CounterItems;
  readonly sightings: Sightings;
  readonly now: () => Moment;
}

/** Each attempt but the first knows what the one before has found, so only changes of others in between make it more than two. */
const MAX_ATTEMPTS = 10;

/** Carries an operation out. One call if the counters are as believed, or if nothing is to be done. */
export async function settle<Result>(desk: Desk, operation: Operation<Result>, call: Call): Promise<Result> {
  const { counters } = operation;
  let seen: Seen = counters.map((counter) => desk.sightings.find(counter));
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const at = desk.now();
    const plan = operation.plan(seen, at);
    const { isDone, items } = await carryOut(desk, counters, plan?.parts, call);
    if (items !== undefined)
      seen = counters.map((counter) => desk.sightings.note(counter, items.get(counter.itemKey), at.steadyMs));
    if (plan !== undefined && isDone) {
      await sweep(desk, items, at, call);
      return plan.answer(seen, at);
    }
    const answer = items && operation.settled(seen, at);
    if (answer !== undefined) return answer;
  }
  const cause = new Error(`others changed the counter during each of ${MAX_ATTEMPTS} attempts`);
  throw new StoreUnavailable('DynamoDB', cause);
}

type Items = ReadonlyMap<string, Attributes | undefined>;

interface Tried {
  readonly isDone: boolean;
  /** By key; `undefined`: the try told nothing of them. */
  readonly items: Items | undefined;
}

async function carryOut(
  { items }: Desk,
  counters: readonly Counter[],
  parts: readonly Part[] | undefined,
  call: Call,
): Promise<Tried> {
  const groups = [...Map.groupBy(counters, ({ itemKey }) => itemKey)];
  const [[itemKey, ofItem] = ['', []], ...others] = groups;
  if (others.length > 0) return carryOutAll(items, groups, parts, call);
  if (parts === undefined)
    return { isDone: false, items: new Map([[itemKey, await items.read(ofItem, call)]]) };
  const outcome = await items.update(updateOf(itemKey, parts), call);
  if (outcome.kind === 'conflict') return { isDone: false, items: undefined };
  return { isDone: outcome.kind === 'applied', items: new Map([[itemKey, outcome.item]]) };
}

/** A transaction does not say what became of the items, nor what all of them are when it is refused. */
async function carryOutAll(
  items: CounterItems,
  groups: readonly (readonly [string, readonly Counter[]])[],
  parts: readonly Part[] | undefined,
  call: Call,
): Promise<Tried> {
  const isDone = parts !== undefined && (await items.updateAll(updatesOf(parts), call));
  const read = await items.readAll(
    groups.map(([, ofItem]) => ofItem),
    call,
  );
  return { isDone, items: new Map(groups.map(([itemKey], index) => [itemKey, read[index]])) };
}

function updatesOf(parts: readonly Part[]) {
  const groups = Map.groupBy(parts, ({ counter }) => counter.itemKey);
  return [...groups].map(([itemKey, ofItem]) => updateOf(itemKey, ofItem));
}

/** What the call was for is done whatever becomes of this, and the next one tries again. */
async function sweep(
  { items }: Desk,
  found: Items | undefined,
  { steadyMs }: Moment,
  call: Call,
): Promise<void> {
  for (const [itemKey, item] of found ?? []) {
    const update = item && sweepOf(itemKey, item, steadyMs);
    if (update !== undefined) await items.update(update, call).catch(() => undefined);
  }
}
