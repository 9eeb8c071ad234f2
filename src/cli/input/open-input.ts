import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';
import { unzippedIfGzip } from './gunzip.ts';

/** A file or stdin as bytes of text, unzipped where its first bytes say that it is gzip. */
export interface Input {
  /** For messages. */
  readonly name: string;
  /** Bytes in the file as it lies there; `undefined` when nobody can know. */
  readonly totalBytes: number | undefined;
  /** Bytes of it that were read. */
  readBytes(): number;
  /** Breaks off when closed. @throws {CommandError} where it is broken gzip. */
  readonly bytes: AsyncIterable<Uint8Array>;
  close(): void;
}

/** Opens `path`, or stdin for `-`, until closed or `stop` aborts. @throws {CommandError} where it can not be read. */
export async function openInput(path: string, terminal: Terminal, stop: AbortSignal): Promise<Input> {
  if (path === '-') return standardInput(terminal, stop);
  const file = await openFile(path);
  const totalBytes = await sizeOf(file, path);
  return reading(file.createReadStream(), path, totalBytes, stop);
}

function standardInput(terminal: Terminal, stop: AbortSignal): Input {
  if (terminal.stdin.isTTY === true)
    say(terminal, 'Reading from the terminal; end with Ctrl-D on an empty line.');
  return reading(terminal.stdin, 'standard input', undefined, stop);
}

function reading(stream: Readable, name: string, totalBytes: number | undefined, stop: AbortSignal): Input {
  let readBytes = 0;
  // Destroyed rather than asked: a reader of a pipe that says nothing would wait forever.
  const close = (): void => void stream.destroy();
  stop.addEventListener('abort', close, { once: true });
  async function* counted(): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      readBytes += chunk.length;
      yield chunk;
    }
  }
  return { name, totalBytes, readBytes: () => readBytes, bytes: unzippedIfGzip(counted(), name), close };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function sizeOf(file: FileHandle, path: string): Promise<number | undefined> {
  const stats = await file.stat();
  if (stats.isDirectory()) {
    await file.close();
    throw new CommandError(EXIT.error, `${path} is a directory: name a file with one JSON object a line`);
  }
  return stats.isFile() ? stats.size : undefined;
}

function unreadable(path: string, error: unknown): CommandError {
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file (- reads standard input)',
    EACCES: 'you may not read it',
  };
  const reason = reasons[code ?? ''] ?? (error as Error).message;
  return new CommandError(EXIT.error, `${path} can not be read: ${reason}`, { cause: error });
}
