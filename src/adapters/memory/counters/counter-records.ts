import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { Counter } from './counter.ts';
import { offHeap } from './off-heap.ts';
import type { PermitBook } from './permit-book.ts';

/** What is kept of counters, mostly as plain numbers outside of the JavaScript heap. */
export interface CounterRecords {
  /** A record in which every whole number is {@link NONE} and every other 0. */
  readonly add: () => Counter;
  readonly remove: (counter: Counter) => void;
  readonly whole: (counter: Counter, field: WholeField) => number;
  readonly setWhole: (counter: Counter, field: WholeField, value: number) => void;
  readonly number: (counter: Counter, field: NumberField) => number;
  readonly setNumber: (counter: Counter, field: NumberField, value: number) => void;
  /** States that are more than the numbers above. */
  readonly state: (counter: Counter) => LimitState | undefined;
  readonly setState: (counter: Counter, state: LimitState | undefined) => void;
  readonly permits: (counter: Counter) => PermitBook | undefined;
  readonly setPermits: (counter: Counter, permits: PermitBook | undefined) => void;
}

/** No counter, and no position of one. */
export const NONE = -1;

/** Whole numbers of 32 bits. */
export const WHOLE = {
  /** Of its key. */
  hash: 0,
  /** Where its key is. */
  key: 1,
  algorithm: 2,
  /** Where it is in the expiry queue. */
  position: 3,
  /** The other counters of its key, in a ring: itself, if there are none. */
  next: 4,
  previous: 5,
  /** 1: the one of its key that is found first. */
  isHead: 6,
} as const;

export const NUMBER = {
  windowMs: 4,
  /** Of a fixed window; 0: nothing is taken. */
  used: 5,
  /** Steady time in milliseconds, as the next: when the state says nothing any more. */
  stateUntilMs: 6,
  blockedUntilMs: 7,
} as const;

type WholeField = (typeof WHOLE)[keyof typeof WHOLE];
type NumberField = (typeof NUMBER)[keyof typeof NUMBER];

// A record is 64 bytes, a line of a processor's cache: the first half whole numbers, the second the others. Pages are made as they
// are needed and never moved, so that no counter waits for a copy of all.
const WHOLE_BITS = 4;
const NUMBER_BITS = 3;
const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;

interface Page {
  readonly wholes: Int32Array;
  readonly numbers: Float64Array;
  /** Empty until one is kept. */
  states: (LimitState | undefined)[];
  permits: (PermitBook | undefined)[];
}

export function createCounterRecords(): CounterRecords {
  const pages: Page[] = [];
  let made = 0;
  let free: Counter = NONE;

  const pageOf = (counter: Counter): Page => pages[counter >>> PAGE_BITS] as Page;

  function whole(counter: Counter, field: WholeField): number {
    return pageOf(counter).wholes[((counter & (PAGE - 1)) << WHOLE_BITS) + field] as number;
  }

  function setWhole(counter: Counter, field: WholeField, value: number): void {
    pageOf(counter).wholes[((counter & (PAGE - 1)) << WHOLE_BITS) + field] = value;
  }

  function claim(): Counter {
    const counter = free;
    if (counter !== NONE) {
      free = whole(counter, WHOLE.next);
      return counter;
    }
    if (made === pages.length * PAGE) pages.push(createPage());
    made += 1;
    return made - 1;
  }

  return {
    add: () => {
      const counter = claim();
      const { wholes, numbers } = pageOf(counter);
      const at = counter & (PAGE - 1);
      wholes.fill(NONE, at << WHOLE_BITS, (at << WHOLE_BITS) + NUMBER.windowMs * 2);
      numbers.fill(0, (at << NUMBER_BITS) + NUMBER.windowMs, (at + 1) << NUMBER_BITS);
      return counter;
    },
    remove: (counter) => {
      setWhole(counter, WHOLE.next, free);
      free = counter;
    },
    whole,
    setWhole,
    number: (counter, field) =>
      pageOf(counter).numbers[((counter & (PAGE - 1)) << NUMBER_BITS) + field] as number,
    setNumber: (counter, field, value) => {
      pageOf(counter).numbers[((counter & (PAGE - 1)) << NUMBER_BITS) + field] = value;
    },
    state: (counter) => pageOf(counter).states[counter & (PAGE - 1)],
    setState: (counter, state) => keep(pageOf(counter).states, counter & (PAGE - 1), state),
    permits: (counter) => pageOf(counter).permits[counter & (PAGE - 1)],
    setPermits: (counter, permits) => keep(pageOf(counter).permits, counter & (PAGE - 1), permits),
  };
}

function createPage(): Page {
  const buffer = offHeap(PAGE << (WHOLE_BITS + 2));
  return { wholes: new Int32Array(buffer), numbers: new Float64Array(buffer), states: [], permits: [] };
}

/** Fills a list up before its first value: with holes it would be slow. */
function keep<Value>(list: (Value | undefined)[], at: number, value: Value | undefined): void {
  if (value === undefined && list.length === 0) return;
  while (list.length < PAGE) list.push(undefined);
  list[at] = value;
}
