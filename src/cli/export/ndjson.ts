/** Text gathered before it is handed on: enough that the hand-over costs little beside the content. */
const CHUNK_CHARS = 65_536;

/** Items as lines of JSON, in chunks; tells the count of each chunk before it is handed on. */
export async function* asJsonLines(
  items: AsyncIterable<unknown>,
  onItems: (count: number) => void,
): AsyncGenerator<Buffer, void, void> {
  let text = '';
  let count = 0;
  for await (const item of items) {
    text += `${JSON.stringify(item)}\n`;
    count += 1;
    if (text.length < CHUNK_CHARS) continue;
    onItems(count);
    yield Buffer.from(text);
    text = '';
    count = 0;
  }
  onItems(count);
  if (text !== '') yield Buffer.from(text);
}

/** Bytes as they are; tells how many lines end in each chunk. */
export async function* countingLines(
  chunks: AsyncIterable<Uint8Array>,
  onItems: (count: number) => void,
): AsyncGenerator<Buffer, void, void> {
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let count = 0;
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
    onItems(count);
    yield bytes;
  }
}
