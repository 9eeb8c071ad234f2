import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { RejectedLine } from '../../domain/program/program-imports.ts';

/** Keeps the first rejected lines to show, and writes all of them where asked to. */
export interface Rejections {
  add(rejected: readonly RejectedLine[]): Promise<void>;
  readonly first: readonly RejectedLine[];
  /** Resolves when everything is written. */
  end(): Promise<void>;
}

export const REJECTIONS_SHOWN = 20;

export interface RejectionsOptions {
  /** NDJSON of every rejected line goes to this file. */
  readonly file?: string;
  /** NDJSON of every rejected line goes here too. */
  readonly stream?: Writable;
}

export async function createRejections({ file, stream }: RejectionsOptions): Promise<Rejections> {
  const first: RejectedLine[] = [];
  const opened = file === undefined ? undefined : await openForWriting(file);
  return {
    first,
    async add(rejected) {
      first.push(...rejected.slice(0, REJECTIONS_SHOWN - first.length));
      if (rejected.length === 0) return;
      if (opened) await write(opened, rejected, (line) => line);
      if (stream) await write(stream, rejected, (line) => ({ type: 'rejected', ...line }));
    },
    async end() {
      if (opened === undefined) return;
      opened.end();
      await finished(opened);
    },
  };
}

async function openForWriting(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file);
  await once(stream, 'open');
  return stream;
}

async function write(
  to: Writable,
  lines: readonly RejectedLine[],
  shape: (line: RejectedLine) => object,
): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(shape(line))}\n`).join('');
  if (!to.write(text)) await once(to, 'drain');
}
