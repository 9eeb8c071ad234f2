import type { IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DomainError } from '../domain/errors.ts';
import type { Line } from '../domain/lines.ts';
import { splitLines } from '../domain/lines.ts';
import type { ImportOutcome, ProgramImports, RejectedLine } from '../domain/program/program-imports.ts';
import type { Call } from '../ports/call.ts';
import { HttpProblem } from './problems.ts';
import { MAX_IMPORT_ERRORS } from './schemas/program.ts';

/** What became of the lines of an import, as it is answered. */
export interface ImportTotals {
  accepted: number;
  rejected: number;
  created: number;
  updated: number;
  unchanged: number;
  readonly errors: RejectedLine[];
  errorsOmitted: number;
}

export interface ImportOptions {
  readonly gzip: boolean;
  readonly importIdleMs: number;
  readonly importLineBytes: number;
  readonly importBatchLines: number;
  readonly log: (fields: object, message: string) => void;
}

/**
 * Writes the programs of a body as it arrives, a batch after the other: nothing is read while a batch is being written,
 * so a slow store slows the sender down and memory stays flat.
 * @throws {HttpProblem} `broken-body`, `request-timeout`, saying what went in; what went in stays.
 */
export async function importLines(
  imports: ProgramImports,
  body: IncomingMessage,
  options: ImportOptions,
  call: Call,
): Promise<ImportTotals> {
  const totals = noTotals();
  const { importLineBytes: maxLineBytes, importBatchLines: batchLines } = options;
  const bytes = arriving(body, options.importIdleMs);
  try {
    const batches = splitLines(options.gzip ? unzipped(bytes) : bytes, { maxLineBytes, batchLines });
    for await (const batch of batches) add(totals, await write(imports, batch, call));
    return totals;
  } catch (error) {
    const { accepted, rejected } = totals;
    options.log({ accepted, rejected, err: error }, 'an import broke off');
    throw brokenOff(error, totals);
  }
}

/** An error of the store, kept apart from errors of the body. */
class WriteFailed extends Error {}

async function write(imports: ProgramImports, batch: readonly Line[], call: Call): Promise<ImportOutcome> {
  try {
    return await imports.importBatch(batch, call);
  } catch (cause) {
    throw new WriteFailed('a batch was not written', { cause });
  }
}

/** The pieces of a body, each within the idle time. Leaves the body as it is, so that there is still someone to answer. */
async function* arriving(body: IncomingMessage, idleMs: number): AsyncGenerator<Buffer, void, void> {
  const chunks: AsyncIterator<Buffer, void> = body.iterator({ destroyOnReturn: false });
  for (let chunk = await inTime(chunks, idleMs); chunk.done !== true; chunk = await inTime(chunks, idleMs)) {
    yield chunk.value;
  }
}

async function inTime(
  chunks: AsyncIterator<Buffer, void>,
  idleMs: number,
): Promise<IteratorResult<Buffer, void>> {
  const { promise: idle, reject } = Promise.withResolvers<never>();
  const problem = new HttpProblem('request-timeout', `nothing arrived for ${idleMs} ms`);
  const timer = setTimeout(reject, idleMs, problem);
  try {
    return await Promise.race([chunks.next(), idle]);
  } finally {
    clearTimeout(timer);
  }
}

async function* unzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip();
  // Errors reach the reader below through the destroyed gunzip.
  pipeline(Readable.from(chunks), gunzip, () => undefined);
  yield* gunzip;
}

function noTotals(): ImportTotals {
  return { accepted: 0, rejected: 0, created: 0, updated: 0, unchanged: 0, errors: [], errorsOmitted: 0 };
}

function add(totals: ImportTotals, { created, updated, unchanged, rejected }: ImportOutcome): void {
  totals.created += created;
  totals.updated += updated;
  totals.unchanged += unchanged;
  totals.accepted += created + updated + unchanged;
  totals.rejected += rejected.length;
  totals.errors.push(...rejected.slice(0, MAX_IMPORT_ERRORS - totals.errors.length));
  totals.errorsOmitted = totals.rejected - totals.errors.length;
}

function brokenOff(error: unknown, { accepted, rejected }: ImportTotals): Error {
  const sofar = `${accepted} lines went in and ${rejected} were rejected before: send it again, what went in stays`;
  if (error instanceof HttpProblem)
    return new HttpProblem(error.code, `${error.message}; ${sofar}`, { cause: error });
  if (!(error instanceof WriteFailed)) {
    return new HttpProblem('broken-body', `the body broke off or is not gzip; ${sofar}`, { cause: error });
  }
  const { cause } = error;
  if (cause instanceof DomainError) return new HttpProblem(cause.code, `a store failed; ${sofar}`, { cause });
  return cause instanceof Error ? cause : error;
}
