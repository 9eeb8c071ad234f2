import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

/** Gzip begins so (RFC 1952, section 2.3.1), and no UTF-8 text does: 0x8b can not follow 0x1f. */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** The bytes as they are, or unzipped where they begin as gzip does. @throws {CommandError} where the gzip is broken. */
export async function* unzippedIfGzip(
  bytes: AsyncGenerator<Buffer, void, void>,
  name: string,
): AsyncGenerator<Buffer, void, void> {
  const head = await firstBytes(bytes);
  const isGzip = head[0] === GZIP_MAGIC[0] && head[1] === GZIP_MAGIC[1];
  yield* isGzip ? unzipped(followedBy(head, bytes), name) : followedBy(head, bytes);
}

/** At least two bytes, unless there are fewer. */
async function firstBytes(bytes: AsyncGenerator<Buffer, void, void>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < GZIP_MAGIC.length) {
    const next = await bytes.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* followedBy(
  head: Buffer,
  rest: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  try {
    if (head.length > 0) yield head;
    yield* rest;
  } finally {
    await rest.return();
  }
}

async function* unzipped(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip({ chunkSize: 65_536 });
  // Errors reach the reader below through the destroyed gunzip.
  pipeline(Readable.from(bytes, { objectMode: false }), gunzip, () => undefined);
  let unzippedBytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      unzippedBytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw brokenGzip(error, name, unzippedBytes);
  }
}

function brokenGzip(error: unknown, name: string, unzippedBytes: number): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!code.startsWith('Z_')) return error;
  const what = code === 'Z_BUF_ERROR' ? 'ends in the middle: it was cut off' : 'is damaged';
  const message = `the gzip of ${name} ${what}, after ${unzippedBytes.toLocaleString('en')} bytes of text`;
  return new CommandError(EXIT.error, message, { cause: error });
}
