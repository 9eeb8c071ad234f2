import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { Counter } from './counter.ts';
import { offHeap } from './off-heap.ts';
import type { PermitBook } from './permit-book.ts';

/** What is kept of counters, mostly as plain numbers outside of the JavaScript heap. */
export interface CounterRecords {
  /** An empty record: every integer is {@link NONE} and every other number 0. */
  readonly add: () => Counter;
  readonly remove: (counter: Counter) => void;
  readonly integer: (counter: Counter, field: IntegerField) => number;
  readonly setInteger: (counter: Counter, field: IntegerField, value: number) => void;
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

/** Integers of 32 bits, by their place in the first half of a record. */
export const INTEGER = {
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

/** Doubles, by their place in a record: those of the second half, as the first is taken. */
export const NUMBER = {
  windowMs: 4,
  /** Of a fixed window; 0: nothing is taken. */
  used: 5,
  /** Steady time in milliseconds, as the next: when the state says nothing any more. */
  stateUntilMs: 6,
  blockedUntilMs: 7,
} as const;

type IntegerField = (typeof INTEGER)[keyof typeof INTEGER];
type NumberField = (typeof NUMBER)[keyof typeof NUMBER];

// A record is 64 bytes, a line of a processor's cache. Pages are made as they are needed and never moved, so that no counter waits for
// a copy of all; they are small, as there may be many stores of a few counters.
const INTEGER_BITS = 4;
const NUMBER_BITS = 3;
const INTEGERS = 8;
const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;

interface Page {
  readonly integers: Int32Array;
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

  function integer(counter: Counter, field: IntegerField): number {
    return pageOf(counter).integers[((counter & (PAGE - 1)) << INTEGER_BITS) + field] as number;
  }

  function setInteger(counter: Counter, field: IntegerField, value: number): void {
    pageOf(counter).integers[((counter & (PAGE - 1)) << INTEGER_BITS) + field] = value;
  }

  function claim(): Counter {
    const counter = free;
    if (counter !== NONE) {
      free = integer(counter, INTEGER.next);
      return counter;
    }
    if (made === pages.length * PAGE) pages.push(createPage());
    made += 1;
    return made - 1;
  }

  return {
    add: () => {
      const counter = claim();
      const { integers, numbers } = pageOf(counter);
      const at = counter & (PAGE - 1);
      integers.fill(NONE, at << INTEGER_BITS, (at << INTEGER_BITS) + INTEGERS);
      numbers.fill(0, (at << NUMBER_BITS) + INTEGERS / 2, (at + 1) << NUMBER_BITS);
      return counter;
    },
    remove: (counter) => {
      const { states, permits } = pageOf(counter);
      put(states, counter & (PAGE - 1), undefined);
      put(permits, counter & (PAGE - 1), undefined);
      setInteger(counter, INTEGER.next, free);
      free = counter;
    },
    integer,
    setInteger,
    number: (counter, field) =>
      pageOf(counter).numbers[((counter & (PAGE - 1)) << NUMBER_BITS) + field] as number,
    setNumber: (counter, field, value) => {
      pageOf(counter).numbers[((counter & (PAGE - 1)) << NUMBER_BITS) + field] = value;
    },
    state: (counter) => pageOf(counter).states[counter & (PAGE - 1)],
    setState: (counter, state) => put(pageOf(counter).states, counter & (PAGE - 1), state),
    permits: (counter) => pageOf(counter).permits[counter & (PAGE - 1)],
    setPermits: (counter, permits) => put(pageOf(counter).permits, counter & (PAGE - 1), permits),
  };
}

function createPage(): Page {
  const buffer = offHeap(PAGE << (INTEGER_BITS + 2));
  return { integers: new Int32Array(buffer), numbers: new Float64Array(buffer), states: [], permits: [] };
}

/** Fills a list up before its first value: with holes it would be slow. */
function put<Value>(list: (Value | undefined)[], at: number, value: Value | undefined): void {
  if (value === undefined && list.length === 0) return;
  while (list.length < PAGE) list.push(undefined);
  list[at] = value;
}
