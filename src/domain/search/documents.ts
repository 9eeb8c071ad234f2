import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DocumentListQuery, DocumentPutOutcome, SearchIndex } from '../../ports/search-index.ts';
import type { TextSearch } from '../../ports/text-search.ts';
import type { Fault } from '../errors.ts';
import { DomainError, ValidationFailed } from '../errors.ts';
import { isPlainObject } from '../json.ts';
import type { Page } from '../page.ts';
import { checkDocument } from './check-document.ts';
import type { DocumentContent, SearchDocument } from './document.ts';

/** Search documents that are no programs. Writes are in both indexes when they are acknowledged. */
export interface Documents {
  /** @throws {ValidationFailed} @throws {DomainError} `document-owned-by-program` */
  put(contentId: string, input: unknown, call: Call): Promise<PutDocument>;
  /** Writes each document on its own; the answers are in order. */
  putMany(inputs: readonly unknown[], call: Call): Promise<readonly BatchPutResult[]>;
  /** Of programs as well. @throws {DomainError} `document-not-found` */
  get(contentId: string, call: Call): Promise<SearchDocument>;
  /** @throws {DomainError} `document-not-found`, `document-owned-by-program` */
  remove(contentId: string, call: Call): Promise<void>;
  list(query: DocumentListQuery, call: Call): Promise<Page<SearchDocument>>;
}

export interface PutDocument {
  readonly document: SearchDocument;
  readonly created: boolean;
}

export type BatchPutResult =
  | { readonly outcome: 'created' | 'updated'; readonly contentId: string; readonly document: SearchDocument }
  | {
      readonly outcome: 'rejected';
      readonly contentId: string | null;
      readonly message: string;
      readonly faults?: readonly Fault[];
    };

export interface DocumentsDeps {
  readonly searchIndex: SearchIndex;
  readonly textSearch: TextSearch;
  readonly clock: Clock;
}

export function createDocuments(deps: DocumentsDeps): Documents {
  return {
    put: (contentId, input, call) => put(deps, checkDocument(contentId, input), call),
    putMany: (inputs, call) => putMany(deps, inputs, call),
    async get(contentId, call) {
      const document = await deps.searchIndex.get(contentId, call);
      if (document === undefined) throw notFound(contentId);
      return document;
    },
    remove: (contentId, call) => remove(deps, contentId, call),
    list: (query, call) => deps.searchIndex.list(query, call),
  };
}

async function put(deps: DocumentsDeps, content: DocumentContent, call: Call): Promise<PutDocument> {
  const outcome = await deps.searchIndex.put(content, new Date(deps.clock.now()), call);
  if (outcome.outcome === 'owned-by-program') throw ownedByProgram(content.contentId);
  // The text index takes the version that the look-up index gave, so writers that race end up equal in both.
  await deps.textSearch.index([outcome.document], call);
  return { document: outcome.document, created: outcome.outcome === 'created' };
}

async function putMany(
  deps: DocumentsDeps,
  inputs: readonly unknown[],
  call: Call,
): Promise<readonly BatchPutResult[]> {
  const results: BatchPutResult[] = [];
  const written = new Map<string, SearchDocument>();
  for (const input of inputs) {
    const result = await putOne(deps, input, call);
    results.push(result);
    if (result.outcome !== 'rejected') written.set(result.contentId, result.document);
  }
  // One batch for the text index: of an id that came twice, the last.
  await deps.textSearch.index([...written.values()], call);
  return results;
}

async function putOne(deps: DocumentsDeps, input: unknown, call: Call): Promise<BatchPutResult> {
  const given = isPlainObject(input) ? input.contentId : undefined;
  const contentId = typeof given === 'string' ? given.slice(0, 100).toWellFormed() : null;
  try {
    const content = checkDocument(undefined, input);
    const outcome: DocumentPutOutcome = await deps.searchIndex.put(content, new Date(deps.clock.now()), call);
    if (outcome.outcome === 'owned-by-program') throw ownedByProgram(content.contentId);
    return { outcome: outcome.outcome, contentId: content.contentId, document: outcome.document };
  } catch (error) {
    if (error instanceof ValidationFailed) {
      return { outcome: 'rejected', contentId, message: error.message, faults: error.faults };
    }
    if (error instanceof DomainError && error.code === 'document-owned-by-program') {
      return { outcome: 'rejected', contentId, message: error.message };
    }
    throw error;
  }
}

async function remove(deps: DocumentsDeps, contentId: string, call: Call): Promise<void> {
  const outcome = await deps.searchIndex.delete(contentId, call);
  if (outcome.outcome !== 'deleted') {
    throw outcome.outcome === 'absent' ? notFound(contentId) : ownedByProgram(contentId);
  }
  await deps.textSearch.remove([{ contentId, version: outcome.version, source: 'document' }], call);
}

function notFound(contentId: string): DomainError {
  return new DomainError('document-not-found', `there is no search document with the id ${contentId}`);
}

function ownedByProgram(contentId: string): DomainError {
  return new DomainError(
    'document-owned-by-program',
    `${contentId} is or was the id of a program, and stays the catalogue's: write the program, or take another id`,
  );
}
