import type { Counter } from './counter.ts';
import type { CounterRecords } from './counter-records.ts';
import { INTEGER } from './counter-records.ts';

/** The counters of one key, each of which knows the next and the one before it. */
export interface KeyRing {
  /** A ring of one. */
  readonly begin: (counter: Counter) => void;
  readonly addBehind: (head: Counter, counter: Counter) => void;
  /** The counter behind the one that goes: itself, if it was the last. */
  readonly remove: (counter: Counter) => Counter;
  /** Itself, if it is alone. */
  readonly next: (counter: Counter) => Counter;
  /** All of a ring, by any of them. */
  readonly all: (counter: Counter) => readonly Counter[];
}

export function createKeyRing({ integer, setInteger }: CounterRecords): KeyRing {
  const nextOf = (counter: Counter): Counter => integer(counter, INTEGER.next);

  function join(counter: Counter, next: Counter): void {
    setInteger(counter, INTEGER.next, next);
    setInteger(next, INTEGER.previous, counter);
  }

  return {
    begin: (counter) => join(counter, counter),
    addBehind: (head, counter) => {
      join(counter, nextOf(head));
      join(head, counter);
    },
    remove: (counter) => {
      const next = nextOf(counter);
      join(integer(counter, INTEGER.previous), next);
      return next;
    },
    next: nextOf,
    all: (counter) => {
      const found = [counter];
      for (let each = nextOf(counter); each !== counter; each = nextOf(each)) found.push(each);
      return found;
    },
  };
}
