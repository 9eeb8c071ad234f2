import type { Counter } from './counter.ts';
import { createPagedNumbers } from './paged-numbers.ts';

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

/** What the queue is told of counters, and tells them. */
export interface QueuedCounters {
  readonly expiryOf: (counter: Counter) => number;
  readonly positionOf: (counter: Counter) => number;
  readonly setPosition: (counter: Counter, position: number) => void;
}

/**
 * A binary heap that knows where each counter is. The order is exact at all times, so whether anything has expired is
 * known from the first alone and nothing is ever swept. Adding is O(1) on average, since a new counter mostly expires
 * late and stays where it was put; no operation takes more than log2(size) steps.
 */
export function createExpiryQueue(counters: QueuedCounters): ExpiryQueue {
  const { positionOf } = counters;
  const heap = createHeap(counters);
  let size = 0;

  function update(counter: Counter): void {
    heap.rise(counter);
    heap.sink(counter, size);
  }

  return {
    size: () => size,
    first: () => (size === 0 ? undefined : heap.at(0)),
    add: (counter) => {
      heap.place(counter, size);
      size += 1;
      heap.rise(counter);
    },
    update,
    remove: (counter) => {
      size -= 1;
      const last = heap.at(size);
      if (last === counter) return;
      heap.place(last, positionOf(counter));
      update(last);
    },
  };
}

/** The moves of a binary heap, whose size is not its own affair. */
function createHeap({ expiryOf, positionOf, setPosition }: QueuedCounters) {
  const { get: at, set } = createPagedNumbers();

  function place(counter: Counter, position: number): void {
    set(position, counter);
    setPosition(counter, position);
  }

  function rise(counter: Counter): void {
    const expiry = expiryOf(counter);
    let position = positionOf(counter);
    while (position > 0) {
      const above = (position - 1) >> 1;
      const parent = at(above);
      if (expiryOf(parent) <= expiry) break;
      place(parent, position);
      position = above;
    }
    place(counter, position);
  }

  function sink(counter: Counter, size: number): void {
    const expiry = expiryOf(counter);
    let position = positionOf(counter);
    for (let below = 2 * position + 1; below < size; below = 2 * position + 1) {
      if (below + 1 < size && expiryOf(at(below + 1)) < expiryOf(at(below))) below += 1;
      const child = at(below);
      if (expiryOf(child) >= expiry) break;
      place(child, position);
      position = below;
    }
    place(counter, position);
  }

  return { at, place, rise, sink };
}
