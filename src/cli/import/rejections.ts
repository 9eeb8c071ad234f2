import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { RejectedLine } from '../../domain/program/program-imports.ts';
import { writeText } from '../write-text.ts';

/** Keeps the first rejected lines to show, and writes all of them where asked to. */
export interface Rejections {
  add(rejected: readonly RejectedLine[]): Promise<void>;
  readonly first: readonly RejectedLine[];
  /** Resolves when everything is written. */
  end(): Promise<void>;
}

const REJECTIONS_SHOWN = 20;

export interface RejectionsOptions {
  /** NDJSON of every rejected line goes to this file. */
  readonly file?: string;
  /** NDJSON of every rejected line goes here too. */
  readonly stream?: Writable;
}

/** @throws when the file can not be opened; `add` and `end` when it can not be written. */
export async function createRejections({ file, stream }: RejectionsOptions): Promise<Rejections> {
  const first: RejectedLine[] = [];
  const opened = file === undefined ? undefined : await openForWriting(file);
  return {
    first,
    async add(rejected) {
      first.push(...rejected.slice(0, REJECTIONS_SHOWN - first.length));
      if (rejected.length === 0) return;
      if (opened) await opened.write(asJsonLines(rejected, (line) => line));
      if (stream)
        await writeText(
          stream,
          asJsonLines(rejected, (line) => ({ type: 'rejected', ...line })),
        );
    },
    end: async () => await opened?.end(),
  };
}

async function openForWriting(file: string) {
  const stream = createWriteStream(file);
  await once(stream, 'open');
  const closed = finished(stream);
  // Heard by `end` or the next `write`; until one of them waits for it, it must not count as unhandled.
  closed.catch(() => undefined);
  return {
    async write(text: string): Promise<void> {
      await writeText(stream, text);
      if (stream.errored) throw stream.errored;
    },
    async end(): Promise<void> {
      stream.end();
      await closed;
    },
  };
}

function asJsonLines(lines: readonly RejectedLine[], shape: (line: RejectedLine) => object): string {
  return lines.map((line) => `${JSON.stringify(shape(line))}\n`).join('');
}
