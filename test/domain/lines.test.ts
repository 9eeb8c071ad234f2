import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line, SplitLinesOptions } from '../../src/domain/lines.ts';
import { splitLines } from '../../src/domain/lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* streamOf(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function batchesOf(
  chunks: Iterable<Uint8Array>,
  options?: SplitLinesOptions,
): Promise<(readonly Line[])[]> {
  return await collected(splitLines(streamOf(chunks), options));
}

async function linesOf(input: string | Uint8Array, options?: SplitLinesOptions): Promise<readonly Line[]> {
  const all = typeof input === 'string' ? bytes(input) : input;
  return (await batchesOf([all], options)).flat();
}

const texts = (lines: readonly Line[]): unknown[] => lines.map(({ text, error }) => text ?? { error });

describe('splitLines', () => {
  it('reads LF and CRLF, blank lines and a last line without an end', async () => {
    expect(await linesOf('a\r\nb\n\nc')).toEqual([
      { line: 1, text: 'a' },
      { line: 2, text: 'b' },
      { line: 3, text: '' },
      { line: 4, text: 'c' },
    ]);
  });

  it('has no line after the last line end, and none in an empty text', async () => {
    expect(texts(await linesOf('a\n'))).toEqual(['a']);
    expect(await batchesOf([])).toEqual([]);
    expect(await batchesOf([new Uint8Array(0)])).toEqual([]);
  });

  it('drops a byte order mark at the start and keeps one elsewhere', async () => {
    expect(texts(await linesOf('\uFEFFa\n\uFEFFb\n'))).toEqual(['a', '\uFEFFb']);
    expect(texts(await linesOf('\n\uFEFFa'))).toEqual(['', '\uFEFFa']);
  });

  it('keeps a carriage return that ends no line', async () => {
    expect(texts(await linesOf('a\rb\nc\r\r\n'))).toEqual(['a\rb', 'c\r']);
  });

  it('reports a line that is not UTF-8 and reads the ones around it', async () => {
    const input = Uint8Array.of(0x61, 0x0a, 0xc3, 0x28, 0x0a, 0x62);
    expect(texts(await linesOf(input))).toEqual(['a', { error: 'must be valid UTF-8' }, 'b']);
    expect(texts(await linesOf(Uint8Array.of(0xe2, 0x82)))).toEqual([{ error: 'must be valid UTF-8' }]);
  });

  it('takes a line of exactly the limit and reports one of a byte more, with either line end', async () => {
    const options = { maxLineBytes: 4 };
    const tooLong = { error: 'must be at most 4 bytes long' };
    expect(texts(await linesOf('abcd\nabcde\nab\n', options))).toEqual(['abcd', tooLong, 'ab']);
    expect(texts(await linesOf('abcd\r\nabcde\r\nab\r\n', options))).toEqual(['abcd', tooLong, 'ab']);
    expect(texts(await linesOf('äö\näöü', options))).toEqual(['äö', tooLong]);
    for (const last of ['abcde', 'abcdefghijkl']) {
      expect(
        texts(
          (
            await batchesOf(
              [...bytes(last)].map((byte) => Uint8Array.of(byte)),
              options,
            )
          ).flat(),
        ),
      ).toEqual([tooLong]);
    }
  });

  it('never holds a line that is too long', async () => {
    const chunk = new Uint8Array(1_048_576).fill(0x61);
    const before = process.memoryUsage.rss();
    const chunks = (function* () {
      for (let index = 0; index < 512; index += 1) yield chunk;
      yield bytes('\nshort\n');
    })();
    const lines = (await batchesOf(chunks)).flat();
    expect(lines).toEqual([
      { line: 1, error: 'must be at most 1048576 bytes long' },
      { line: 2, text: 'short' },
    ]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1_048_576);
  });

  it('fills batches to the number of lines or of bytes, whichever comes first', async () => {
    const lengths = (batches: (readonly Line[])[]) => batches.map((batch) => batch.length);
    expect(lengths(await batchesOf([bytes('a\nb\nc\nd\ne')], { batchLines: 2 }))).toEqual([2, 2, 1]);
    expect(lengths(await batchesOf([bytes('aaaa\nbbbb\nc\nd\n')], { batchBytes: 6 }))).toEqual([2, 2]);
    expect(lengths(await batchesOf([bytes('a\nb\n')], { batchLines: 2 }))).toEqual([2]);
  });

  it('asks for no more chunks than the batch that is wanted', async () => {
    let given = 0;
    const source = (async function* () {
      for (;;) {
        given += 1;
        yield bytes('line\n');
      }
    })();
    const batches = splitLines(source, { batchLines: 10 });
    await batches.next();
    expect(given).toBe(10);
    await batches.return();
  });

  it('passes an error of the source on', async () => {
    const source = (async function* () {
      yield bytes('a\n');
      throw new Error('the cable was cut');
    })();
    await expect(collected(splitLines(source))).rejects.toThrow('the cable was cut');
  });

  it('reads the same lines however the bytes are cut', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '🎬', '\n', '\r\n', '\r', ' ', ''))
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40), { maxLength: 8 }), async (input, cuts) => {
        const all = bytes(input);
        const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
        const chunks = at.slice(1).map((to, index) => all.slice(at[index], to));
        const expected = input.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
        if (input === '' || input.endsWith('\n')) expected.pop();
        // A CR at the very end counts as half of a CRLF that was cut off.
        expect(texts((await batchesOf(chunks)).flat())).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
