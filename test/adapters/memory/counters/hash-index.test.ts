import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HashIndex } from '../../../../src/adapters/memory/counters/hash-index.ts';
import { createHashIndex } from '../../../../src/adapters/memory/counters/hash-index.ts';

interface Named {
  readonly hash: number;
  readonly name: number;
}

// Few hashes, all of one shard: nearly all of them meet, and the places of the shard go round.
const SHARDS = 1024;
const HASHES = [0, 1, 2, 6, 7, 2 ** 21, -1].map((each) => (each * SHARDS) | 0);
const anId: fc.Arbitrary<Named> = fc.record({ hash: fc.constantFrom(...HASHES), name: fc.nat({ max: 12 }) });
const KINDS = ['add', 'add', 'remove', 'replace'] as const;
const anAction = fc.record({ kind: fc.constantFrom(...KINDS), id: anId });

/** Does the same to an index and to a plain map. */
function aPair(maxCounters: number) {
  const ids: Named[] = [];
  const kept = new Map<string, number>();
  const nameOf = ({ hash, name }: Named) => `${hash}/${name}`;
  const index: HashIndex<Named> = createHashIndex({
    maxCounters,
    hashOf: (counter) => (ids[counter] as Named).hash,
    isOf: (counter, id) => nameOf(ids[counter] as Named) === nameOf(id),
  });

  function perform(kind: (typeof KINDS)[number], id: Named): void {
    const known = kept.get(nameOf(id));
    if (kind === 'remove' && known !== undefined) {
      index.remove(known);
      kept.delete(nameOf(id));
    } else if (kind === 'replace' && known !== undefined) {
      index.replace(known, ids.push(id) - 1);
      kept.set(nameOf(id), ids.length - 1);
    } else if (kind === 'add' && known === undefined) {
      index.add(ids.push(id) - 1);
      kept.set(nameOf(id), ids.length - 1);
    }
  }

  return { index, perform, keptOf: (id: Named) => kept.get(nameOf(id)) };
}

test.each([200, 2 ** 20, 2 ** 31])(
  'finds what was added and not removed, however many share a hash, of up to %i counters',
  (maxCounters) => {
    fc.assert(
      fc.property(fc.array(anAction, { maxLength: 200 }), (actions) => {
        const { index, perform, keptOf } = aPair(maxCounters);
        for (const { kind, id } of actions) perform(kind, id);
        for (let name = 0; name <= 12; name += 1)
          for (const hash of HASHES) expect(index.find(hash, { hash, name })).toBe(keptOf({ hash, name }));
      }),
    );
  },
);
