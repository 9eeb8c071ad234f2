import { createHash } from 'node:crypto';
import type { Counter, CounterId } from './counter.ts';
import { CODES } from './counter.ts';
import type { CounterRecords } from './counter-records.ts';
import { INTEGER, NUMBER } from './counter-records.ts';
import { createHashIndex } from './hash-index.ts';
import { createKeyHash } from './key-hash.ts';
import type { KeyRing } from './key-ring.ts';
import { createKeyRing } from './key-ring.ts';
import { createKeyTexts } from './key-texts.ts';

/** Counters by key, algorithm and window. */
export interface CounterIndex {
  readonly find: (id: CounterId) => Counter | undefined;
  /** One for each id, in their order. A key that follows itself, as with several policies, is read once. */
  readonly findEach: (ids: readonly CounterId[]) => readonly (Counter | undefined)[];
  /** Every counter of the key. */
  readonly all: (key: string) => readonly Counter[];
  /** Files a record under an id that is not there. */
  readonly add: (counter: Counter, id: CounterId) => void;
  readonly remove: (counter: Counter) => void;
}

const KEPT_KEY_LENGTH = 128;
const YES = 1;
/** Of so many policies of a key each is looked at sooner than it is found by its hash. */
const FEW = 4;

/**
 * The key to file a counter under: long keys as a digest, so that memory is bounded by the number of counters alone. It is longer than
 * any key that is kept, so that no two keys meet.
 */
function filedKey(key: string): string {
  if (key.length <= KEPT_KEY_LENGTH) return key;
  // As UTF-8, all lone surrogates would be the same.
  return createHash('sha256')
    .update(key, 'utf16le')
    .digest('base64')
    .padEnd(KEPT_KEY_LENGTH + 1);
}

/**
 * Most keys have one counter, which is found by the key. Those of a key are a ring: one of them, its head, is found by the key, and the
 * others by all that names them, however many there are. Counters are numbers below `maxCounters`.
 */
export function createCounterIndex(records: CounterRecords, maxCounters: number): CounterIndex {
  const tables = createTables(records, maxCounters);
  const { texts, ofText, ofNumbers, isOf, heads, others } = tables;
  const ring = createKeyRing(records);

  const places = createPlaces(records, tables, ring);

  function find(filed: string, hash: number, policy: CounterId['policy']): Counter | undefined {
    const head = heads.find(hash, filed);
    if (head === undefined || isOf(head, policy)) return head;
    let other = ring.next(head);
    for (let step = 0; step < FEW; step += 1) {
      if (other === head) return undefined;
      if (isOf(other, policy)) return other;
      other = ring.next(other);
    }
    return others.find(ofNumbers(hash, CODES[policy.algorithm], policy.windowMs), { key: filed, policy });
  }

  return {
    find: ({ key, policy }) => {
      const filed = filedKey(key);
      return find(filed, ofText(filed), policy);
    },

    findEach: (ids) => {
      let last: string | undefined;
      let filed = '';
      let hash = 0;
      return ids.map(({ key, policy }) => {
        if (key !== last) {
          filed = filedKey(key);
          hash = ofText(filed);
          last = key;
        }
        return find(filed, hash, policy);
      });
    },

    all: (key) => {
      const filed = filedKey(key);
      const head = heads.find(ofText(filed), filed);
      return head === undefined ? [] : ring.all(head);
    },

    add: (counter, { key, policy }) => {
      const filed = filedKey(key);
      const hash = ofText(filed);
      name(records, counter, { hash, key: texts.add(filed), policy });
      places.add(counter, heads.find(hash, filed));
    },

    remove: (counter) => {
      texts.remove(records.integer(counter, INTEGER.key));
      places.remove(counter);
    },
  };
}

type Tables = ReturnType<typeof createTables>;

/** Sees to it that one of each key is its head. */
function createPlaces(
  { integer, setInteger }: CounterRecords,
  { heads, others }: Pick<Tables, 'heads' | 'others'>,
  ring: KeyRing,
) {
  return {
    add: (counter: Counter, head: Counter | undefined): void => {
      if (head === undefined) {
        setInteger(counter, INTEGER.isHead, YES);
        ring.begin(counter);
        heads.add(counter);
      } else {
        ring.addBehind(head, counter);
        others.add(counter);
      }
    },
    remove: (counter: Counter): void => {
      const next = ring.remove(counter);
      if (integer(counter, INTEGER.isHead) !== YES) {
        others.remove(counter);
      } else if (next === counter) {
        heads.remove(counter);
      } else {
        others.remove(next);
        heads.replace(counter, next);
        setInteger(next, INTEGER.isHead, YES);
      }
    },
  };
}

interface Name {
  readonly hash: number;
  /** Where the text of the key is. */
  readonly key: number;
  readonly policy: CounterId['policy'];
}

function name(
  { setInteger, setNumber }: CounterRecords,
  counter: Counter,
  { hash, key, policy }: Name,
): void {
  setInteger(counter, INTEGER.hash, hash);
  setInteger(counter, INTEGER.key, key);
  setInteger(counter, INTEGER.algorithm, CODES[policy.algorithm]);
  setNumber(counter, NUMBER.windowMs, policy.windowMs);
}

/** Where counters are found, and what by. */
function createTables(records: CounterRecords, maxCounters: number) {
  const { integer, number } = records;
  const texts = createKeyTexts();
  const { ofText, ofNumbers } = createKeyHash(KEPT_KEY_LENGTH + 1);
  const isOf = policyTest(records);
  const isOfKey = (counter: Counter, key: string) => texts.is(integer(counter, INTEGER.key), key);
  const heads = createHashIndex<string>({
    maxCounters,
    hashOf: (counter) => integer(counter, INTEGER.hash),
    isOf: isOfKey,
  });
  const others = createHashIndex<CounterId>({
    maxCounters,
    hashOf: (counter) =>
      ofNumbers(
        integer(counter, INTEGER.hash),
        integer(counter, INTEGER.algorithm),
        number(counter, NUMBER.windowMs),
      ),
    isOf: (counter, { key, policy }) => isOf(counter, policy) && isOfKey(counter, key),
  });
  return { texts, ofText, ofNumbers, isOf, heads, others };
}

function policyTest({ integer, number }: CounterRecords) {
  return (counter: Counter, { algorithm, windowMs }: CounterId['policy']): boolean =>
    integer(counter, INTEGER.algorithm) === CODES[algorithm] && number(counter, NUMBER.windowMs) === windowMs;
}
