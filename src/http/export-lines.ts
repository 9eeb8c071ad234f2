/** Bytes of a chunk: large enough that a chunk costs little beside its content, small enough to hold many. */
const CHUNK_CHARS = 65_536;

/** Items as NDJSON, a line each, in chunks of about 64 KiB. */
export async function* exportLines(items: AsyncIterable<unknown>): AsyncGenerator<Buffer, void, void> {
  let lines = '';
  for await (const item of items) {
    lines += `${JSON.stringify(item)}\n`;
    if (lines.length >= CHUNK_CHARS) {
      yield Buffer.from(lines);
      lines = '';
    }
  }
  if (lines !== '') yield Buffer.from(lines);
}
