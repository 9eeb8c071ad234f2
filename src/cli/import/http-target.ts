import type { Line } from '../../domain/lines.ts';
import type { ImportOutcome, RejectedLine } from '../../domain/program/program-imports.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import type { HttpService } from '../http-service.ts';
import { reached } from '../http-service.ts';
import type { ImportTarget } from './import-target.ts';

/** What `POST /v1/programs/import` answers. */
interface ImportAnswer {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly errors: readonly RejectedLine[];
}

/** A running service: each batch is one request, so what is answered is written. Its search index follows by itself. */
export function createHttpTarget(service: HttpService): ImportTarget {
  return {
    name: service.url.origin,
    async importBatch(lines, { signal }) {
      const sent = lines.flatMap((line) =>
        line.text === undefined ? [] : [{ line: line.line, text: line.text }],
      );
      const unread = lines.flatMap((line) =>
        line.error === undefined ? [] : [{ line: line.line, message: line.error }],
      );
      const outcome = sent.length === 0 ? NOTHING : await send(service, sent, signal);
      return { ...outcome, rejected: [...unread, ...outcome.rejected].sort((a, b) => a.line - b.line) };
    },
    settle: async () => undefined,
  };
}

const NOTHING: ImportOutcome = { created: 0, updated: 0, unchanged: 0, rejected: [] };

async function send(
  service: HttpService,
  lines: readonly (Line & { readonly text: string })[],
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const response = await service.request('v1/programs/import', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map(({ text }) => `${text}\n`).join(''),
    signal,
  });
  const answer: unknown = await reached(service.url, () => response.json());
  if (!isImportAnswer(answer)) {
    throw new CommandError(
      EXIT.error,
      `${service.url.origin} does not answer as MediaMesh does: is the address right?`,
    );
  }
  const { created, updated, unchanged, errors } = answer;
  return { created, updated, unchanged, rejected: errors.map((error) => inFile(error, lines)) };
}

/** The service counts the lines of its request from 1. */
function inFile({ line, message }: RejectedLine, lines: readonly Line[]): RejectedLine {
  return { line: lines[line - 1]?.line ?? line, message };
}

function isImportAnswer(value: unknown): value is ImportAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { created, updated, unchanged, errors } = value as Record<string, unknown>;
  return [created, updated, unchanged].every(Number.isInteger) && Array.isArray(errors);
}
