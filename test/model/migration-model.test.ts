import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play, scripts } from './house/run.ts';

const { MODEL_SEED, MODEL_PATH, MODEL_RUNS = '2000' } = process.env;
const OUTCOMES = ['catalog', 'hit', 'miss', 'expired', 'tombstone', 'older-than-required', 'error'] as const;

/** A failure prints its seed and path: `MODEL_SEED=... MODEL_PATH=... npx vitest run test/model` plays that script again. */
it('no order of events breaks a promise of the migration', async () => {
  const seen = new Map<string, number>();
  const property = fc.asyncProperty(scripts, async (script) => {
    const { outcomes } = await play(script);
    for (const [name, count] of outcomes) seen.set(name, (seen.get(name) ?? 0) + count);
  });
  const result = await fc.check(property, {
    numRuns: Number(MODEL_RUNS),
    ...(MODEL_SEED !== undefined && { seed: Number(MODEL_SEED) }),
    ...(MODEL_PATH !== undefined && { path: MODEL_PATH }),
  });
  expect(result.failed, `${result.errorInstance}\n${fc.defaultReportMessage(result)}`).toBe(false);
  // Reads that all ended in one way would prove nothing.
  if (result.numRuns >= 2000) expect([...seen.keys()].sort()).toEqual([...OUTCOMES].sort());
}, 300_000);
