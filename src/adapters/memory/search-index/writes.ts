import type { DocumentContent, DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import type { SourcedVersion } from '../../../domain/search/freshness.ts';
import { isNewer } from '../../../domain/search/freshness.ts';
import type {
  DocumentDeleteOutcome,
  DocumentPutOutcome,
  ProjectOptions,
} from '../../../ports/search-index.ts';
import type { Entries } from './entries.ts';
import { copy } from './entries.ts';

export function put(entries: Entries, content: DocumentContent, at: Date): DocumentPutOutcome {
  const stored = entries.get(content.contentId);
  if (stored?.source === 'program') return { outcome: 'owned-by-program' };
  const version = (stored?.version ?? 0) + 1;
  const neutral = { popularityScore: 0, releaseDate: null, source: 'document', indexedAt: at } as const;
  const document = copy({ ...content, ...neutral, version });
  entries.set(content.contentId, { source: 'document', version, document });
  return { outcome: stored?.document === undefined ? 'created' : 'updated', document: copy(document) };
}

export function remove(entries: Entries, contentId: string): DocumentDeleteOutcome {
  const stored = entries.get(contentId);
  if (stored?.document === undefined) return { outcome: 'absent' };
  if (stored.source === 'program') return { outcome: 'owned-by-program' };
  const version = stored.version + 1;
  entries.set(contentId, { source: 'document', version, document: undefined });
  return { outcome: 'deleted', version };
}

export function project(
  entries: Entries,
  documents: readonly SearchDocument[],
  options: ProjectOptions | undefined,
): void {
  for (const document of documents) writeIfNewer(entries, document, copy(document), options);
}

export function unproject(
  entries: Entries,
  removals: readonly DocumentRemoval[],
  options: ProjectOptions | undefined,
): void {
  for (const removal of removals) writeIfNewer(entries, removal, undefined, options);
}

function writeIfNewer(
  entries: Entries,
  change: DocumentRemoval,
  document: SearchDocument | undefined,
  options: ProjectOptions | undefined,
): void {
  const { contentId, version, source } = change;
  const stored = entries.get(contentId);
  if (!isNewer(change, stored) && !(options?.refresh === true && isSame(change, stored))) return;
  entries.set(contentId, { source, version, document });
}

function isSame(change: SourcedVersion, stored: SourcedVersion | undefined): boolean {
  return change.source === stored?.source && change.version === stored.version;
}
