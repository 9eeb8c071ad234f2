import { describe, expect, it } from 'vitest';
import type { ImportTarget } from '../../src/cli/import/import-target.ts';
import type { ImportTotals } from '../../src/cli/import/run-import.ts';
import { ImportBroken, runImport } from '../../src/cli/import/run-import.ts';
import type { Line } from '../../src/domain/lines.ts';
import type { RejectedLine } from '../../src/domain/program/program-imports.ts';
import { readRecordMap } from '../../src/domain/program/record-map.ts';
import { aCall } from '../support/call.ts';

const line = (number: number): Line => ({ line: number, text: `{"n":${number}}` });

async function* batches(count: number, size = 2): AsyncGenerator<readonly Line[]> {
  for (let batch = 0; batch < count; batch += 1) {
    yield Array.from({ length: size }, (_, index) => line(batch * size + index + 1));
  }
}

/** Takes every line; `onBatch` may fail instead. */
function aTarget(onBatch: (lines: readonly Line[]) => void | Promise<void> = () => undefined) {
  const written: number[][] = [];
  const target: ImportTarget = {
    name: 'a target',
    async importBatch(lines) {
      await onBatch(lines);
      written.push(lines.map((each) => each.line));
      const rejected = lines.flatMap((each) =>
        each.error === undefined ? [] : [{ line: each.line, message: each.error }],
      );
      return { created: lines.length - rejected.length, updated: 0, unchanged: 0, rejected };
    },
    settle: async () => undefined,
  };
  return { target, written };
}

function aRun(target: ImportTarget, over: Partial<Parameters<typeof runImport>[1]> = {}) {
  const seen: { totals: ImportTotals; rejected: readonly RejectedLine[] }[] = [];
  const stopper = new AbortController();
  const run = {
    target,
    fromLine: 1,
    stop: stopper.signal,
    call: aCall(),
    onBatch: async (totals: ImportTotals, rejected: readonly RejectedLine[]) =>
      void seen.push({ totals, rejected }),
    ...over,
  };
  return { run, seen, stop: () => stopper.abort() };
}

describe('runImport', () => {
  it('writes batch after batch and adds up what became of them', async () => {
    const { target, written } = aTarget();
    const { run, seen } = aRun(target);
    expect(await runImport(batches(3), run)).toEqual({
      created: 6,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      lastLine: 6,
    });
    expect(written).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(seen.map(({ totals }) => totals.lastLine)).toEqual([2, 4, 6]);
  });

  it('of nothing has no totals', async () => {
    const { target } = aTarget();
    expect(await runImport(batches(0), aRun(target).run)).toMatchObject({ created: 0, lastLine: 0 });
  });

  it('passes over the lines before the first one wanted', async () => {
    const { target, written } = aTarget();
    await runImport(batches(3), aRun(target, { fromLine: 4 }).run);
    expect(written).toEqual([[4], [5, 6]]);
  });

  it('finishes the batch in flight when told to stop, and takes no other', async () => {
    const { target, written } = aTarget(() => stop());
    const { run, stop } = aRun(target);
    expect(await runImport(batches(100), run)).toMatchObject({ created: 2, lastLine: 2 });
    expect(written).toEqual([[1, 2]]);
  });

  it('takes an input that breaks off after the wish to stop as its end', async () => {
    const { target } = aTarget();
    const { run, stop } = aRun(target);
    const source = (async function* () {
      yield [line(1)];
      stop();
      throw new Error('closed');
    })();
    expect(await runImport(source, run)).toMatchObject({ created: 1, lastLine: 1 });
  });

  it('says what went in before when the target fails', async () => {
    const { target } = aTarget((lines) => {
      if (lines[0]?.line === 5) throw new Error('the store is gone');
    });
    const broken = await runImport(batches(5), aRun(target).run).catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(ImportBroken);
    expect(broken).toMatchObject({
      totals: { created: 4, lastLine: 4 },
      cause: new Error('the store is gone'),
    });
  });

  it('does not wait for an input that says nothing when the target fails', async () => {
    const { target } = aTarget(() => {
      throw new Error('gone');
    });
    const source = (async function* () {
      yield [line(1)];
      await new Promise(() => undefined);
    })();
    await expect(runImport(source, aRun(target).run)).rejects.toThrow(ImportBroken);
  });

  it('says what went in before when the input fails', async () => {
    const { target } = aTarget();
    const source = (async function* () {
      yield* batches(2);
      throw new Error('disk on fire');
    })();
    await expect(runImport(source, aRun(target).run)).rejects.toMatchObject({
      totals: { lastLine: 4 },
      cause: new Error('disk on fire'),
    });
  });

  it('reads one batch ahead of the one being written, and no more', async () => {
    let given = 0;
    let most = 0;
    let written = 0;
    const source = (async function* () {
      for await (const batch of batches(20)) {
        given += 1;
        yield batch;
      }
    })();
    const { target } = aTarget(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, given - written);
      written += 1;
    });
    await runImport(source, aRun(target).run);
    expect([written, most]).toEqual([20, 2]);
  });

  it('maps foreign records, and rejects with the reason those that can not be mapped', async () => {
    const fields = {
      programId: 'n',
      title: 'n',
      contentType: { value: 'movie' },
      category: 'n',
      language: 'l',
    };
    const read = readRecordMap({ fields });
    if ('faults' in read) throw new Error('the map is wrong');
    const lines: (readonly Line[])[] = [];
    const { target } = aTarget((batch) => void lines.push(batch));
    const { run, seen } = aRun(target, { map: read.map });
    const source = (async function* () {
      yield [
        line(1),
        { line: 2, text: '' },
        { line: 3, text: '{' },
        { line: 4, text: '{"n":[[]]}' },
        { line: 5, error: 'x' },
      ];
    })();
    await runImport(source, run);
    expect(lines[0]?.[0]).toEqual({
      line: 1,
      text: '{"programId":"1","title":"1","contentType":"movie","category":1}'.replace(':1}', ':"1"}'),
    });
    expect(lines[0]?.[1]).toEqual({ line: 2, text: '' });
    expect(seen[0]?.rejected).toEqual([
      { line: 3, message: expect.stringMatching(/^is not valid JSON/) },
      { line: 4, message: 'programId has array where one text is needed' },
      { line: 5, message: 'x' },
    ]);
  });
});
