import type { CopyRead } from '../../../src/domain/migration/copied-set.ts';
import type { Program } from '../../../src/domain/program/program.ts';
import type { Variant } from '../house/variant.ts';

/** Where the copy has a tombstone, a reader falls back to what its instance read of the key before. */
export const tombstoneFallback: Variant = {
  copies(set) {
    const lastHits = new Map<string, CopyRead<Program>>();
    return {
      ...set,
      async readCopy(keys, call) {
        const reads = await set.readCopy(keys, call);
        return reads.map((read, at) => {
          const key = keys[at] ?? '';
          if (read.outcome === 'hit') lastHits.set(key, read);
          const before = lastHits.get(key);
          return read.outcome === 'tombstone' && before?.outcome === 'hit'
            ? { ...before, version: read.version }
            : read;
        });
      },
    };
  },
};
