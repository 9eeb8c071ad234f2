import type { Counter } from './counter.ts';

/** Counters by the time at which all of their units are there again. */
export interface ExpiryQueue {
  readonly size: () => number;
  /** The counter that expires first, or `undefined`. */
  readonly first: () => Counter | undefined;
  readonly add: (counter: Counter) => void;
  /** Says that the counter's state has changed. */
  readonly update: (counter: Counter) => void;
  readonly remove: (counter: Counter) => void;
}

/**
 * A binary heap that knows where each counter is. The order is exact at all times, so whether anything has expired is
 * known from the first alone and nothing is ever swept. Adding is O(1) on average, since a new counter mostly expires
 * late and stays where it was put; no operation takes more than log2(size) steps.
 */
export function createExpiryQueue(): ExpiryQueue {
  const heap: Counter[] = [];

  function place(counter: Counter, position: number): void {
    heap[position] = counter;
    counter.position = position;
  }

  function rise(counter: Counter): void {
    let position = counter.position;
    for (;;) {
      const parent = heap[(position - 1) >> 1];
      if (position === 0 || parent === undefined || expiry(parent) <= expiry(counter)) break;
      const free = parent.position;
      place(parent, position);
      position = free;
    }
    place(counter, position);
  }

  function sink(counter: Counter): void {
    let position = counter.position;
    for (;;) {
      const child = earlier(heap[2 * position + 1], heap[2 * position + 2]);
      if (child === undefined || expiry(child) >= expiry(counter)) break;
      const free = child.position;
      place(child, position);
      position = free;
    }
    place(counter, position);
  }

  function update(counter: Counter): void {
    rise(counter);
    sink(counter);
  }

  return {
    size: () => heap.length,
    first: () => heap[0],
    add: (counter) => {
      place(counter, heap.length);
      rise(counter);
    },
    update,
    remove: (counter) => {
      const last = heap.pop();
      if (last === undefined || last === counter) return;
      place(last, counter.position);
      update(last);
    },
  };
}

function expiry(counter: Counter): number {
  return counter.expiresAtMs;
}

function earlier(left: Counter | undefined, right: Counter | undefined): Counter | undefined {
  if (left === undefined || right === undefined) return left;
  return expiry(right) < expiry(left) ? right : left;
}
