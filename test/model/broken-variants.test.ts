import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Invariant } from './house/ledger.ts';
import { Broken } from './house/ledger.ts';
import { play, scripts } from './house/run.ts';
import type { Variant } from './house/variant.ts';
import { cursorOutbox } from './variants/cursor-outbox.ts';
import { flagFlipWithoutFence } from './variants/no-fence.ts';
import { noVersionGuard } from './variants/no-version-guard.ts';
import { tombstoneFallback } from './variants/tombstone-fallback.ts';

const RUNS = 2000;

/** The promise that a variant breaks first, in at most so many scripts. */
async function brokenBy(variant: Variant): Promise<Invariant | undefined> {
  let last: Invariant | undefined;
  const property = fc.asyncProperty(scripts, async (script) => {
    try {
      await play(script, variant);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      last = error.invariant;
      throw error;
    }
  });
  const result = await fc.check(property, { numRuns: RUNS, seed: 1, endOnFailure: true });
  return result.failed ? last : undefined;
}

it.each([
  ['a copy without a version guard', noVersionGuard, 'versions of a key in the copy never go down'],
  [
    'an outbox that is read by a cursor',
    cursorOutbox,
    'no write is missing from the copy after the outbox drained',
  ],
  [
    'a flag that is flipped without the fence',
    flagFlipWithoutFence,
    'no write is missing from the copy after the outbox drained',
  ],
  [
    'a fallback that turns a tombstone into a hit',
    tombstoneFallback,
    'no read after an acknowledged delete returns the program',
  ],
] as const)(
  '%s is caught',
  async (_name, variant, invariant) => {
    expect(await brokenBy(variant)).toBe(invariant);
  },
  120_000,
);
