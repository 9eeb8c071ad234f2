import fc from 'fast-check';
import { expect, it } from 'vitest';
import { play, scripts } from './house/run.ts';

const { MODEL_SEED, MODEL_PATH, MODEL_RUNS = '2000' } = process.env;

/** A failure prints its seed and path: `MODEL_SEED=... MODEL_PATH=... npx vitest run test/model` plays it again. */
it('no order of events breaks a promise of the migration', async () => {
  const property = fc.asyncProperty(scripts, (script) => play(script));
  const result = await fc.check(property, {
    numRuns: Number(MODEL_RUNS),
    ...(MODEL_SEED !== undefined && { seed: Number(MODEL_SEED) }),
    ...(MODEL_PATH !== undefined && { path: MODEL_PATH }),
  });
  expect(result.failed, fc.defaultReportMessage(result) ?? '').toBe(false);
}, 120_000);
