/** A line of a text, numbered from 1: what it says, or why it can not be read. */
export type Line =
  | { readonly line: number; readonly text: string; readonly error?: never }
  | { readonly line: number; readonly error: string; readonly text?: never };

export interface SplitLinesOptions {
  /** A line of more bytes than this, line end not counted, is an error item. Default 1 MiB. */
  readonly maxLineBytes?: number;
  /** A batch has at most so many lines. Default 500. */
  readonly batchLines?: number;
  /** A batch ends with the line that brings it to so many bytes, however few lines it has. Default 4 MiB. */
  readonly batchBytes?: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;
const FIRST_CARRY_BYTES = 4_096;

/**
 * Splits UTF-8 bytes into lines, in batches that are never empty. Lines end with LF or CRLF; the last one may end without.
 * A byte order mark at the very start is dropped. Blank lines are lines.
 *
 * A line that is too long is skipped as it comes and never held; one that is not UTF-8 spoils only itself. Holds at most
 * one batch and one unfinished line, whatever the chunks are. Errors of the source are passed on.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  options: SplitLinesOptions = {},
): AsyncGenerator<readonly Line[], void, void> {
  const { maxLineBytes = 1_048_576, batchLines = 500, batchBytes = 4_194_304 } = options;
  const reader = createLineReader(maxLineBytes);
  const batcher = createBatcher(batchLines, batchBytes);
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(LINE_FEED); to !== -1; to = chunk.indexOf(LINE_FEED, from)) {
      const full = batcher.add(reader.endLine(chunk.subarray(from, to)), reader.lastBytes());
      if (full !== undefined) yield full;
      from = to + 1;
    }
    reader.carry(chunk.subarray(from));
  }
  if (reader.hasRest()) batcher.addLast(reader.endLine(new Uint8Array(0)));
  const last = batcher.rest();
  if (last.length > 0) yield last;
}

function createBatcher(batchLines: number, batchBytes: number) {
  let lines: Line[] = [];
  let bytes = 0;
  const take = (): readonly Line[] => {
    const full = lines;
    lines = [];
    bytes = 0;
    return full;
  };
  return {
    /** The batch when this line fills it. */
    add(line: Line, lineBytes: number): readonly Line[] | undefined {
      lines.push(line);
      bytes += lineBytes;
      return lines.length >= batchLines || bytes >= batchBytes ? take() : undefined;
    },
    addLast: (line: Line) => void lines.push(line),
    rest: take,
  };
}

function createLineReader(maxBytes: number) {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const carried = createCarry(maxBytes + 1); // one more for the CR of a CRLF
  let line = 0;
  let lastBytes = 0;

  const decoded = (bytes: Uint8Array): Line => {
    try {
      const text = decoder.decode(bytes);
      const marked = line === 1 && text.charCodeAt(0) === BYTE_ORDER_MARK;
      return { line, text: marked ? text.slice(1) : text };
    } catch {
      return { line, error: 'must be valid UTF-8' };
    }
  };

  return {
    /** Keeps the beginning of a line whose end has not come yet. */
    carry: (part: Uint8Array) => carried.append(part),
    hasRest: () => carried.length() > 0,
    lastBytes: () => lastBytes,
    /** The line that ends with this part. */
    endLine(part: Uint8Array): Line {
      line += 1;
      const bytes = withoutReturn(carried.length() === 0 ? part : carried.takeWith(part));
      const tooLong = bytes === undefined || bytes.length > maxBytes;
      lastBytes = tooLong ? 0 : bytes.length;
      return tooLong ? { line, error: `must be at most ${maxBytes} bytes long` } : decoded(bytes);
    },
  };
}

function withoutReturn(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes?.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}

/** Bytes gathered over chunks. Copied into one buffer, so that thousands of tiny chunks cost no more than a large one. */
function createCarry(maxBytes: number) {
  let buffer = new Uint8Array(0);
  let length = 0;
  const append = (part: Uint8Array): void => {
    const needed = length + part.length;
    if (needed <= maxBytes) {
      buffer = grown(buffer, length, needed);
      buffer.set(part, length);
    }
    length = needed;
  };
  return {
    append,
    /** How many bytes came, kept or not. */
    length: () => length,
    /** All bytes with these at the end, valid until the next call; `undefined` when they are too many. Starts anew. */
    takeWith(part: Uint8Array): Uint8Array | undefined {
      append(part);
      const all = length <= maxBytes ? buffer.subarray(0, length) : undefined;
      length = 0;
      return all;
    },
  };
}

function grown(buffer: Uint8Array<ArrayBuffer>, used: number, needed: number): Uint8Array<ArrayBuffer> {
  if (needed <= buffer.length) return buffer;
  const larger = new Uint8Array(Math.max(needed, buffer.length * 2, FIRST_CARRY_BYTES));
  larger.set(buffer.subarray(0, used));
  return larger;
}
