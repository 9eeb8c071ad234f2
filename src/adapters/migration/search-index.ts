import type { SearchDocument } from '../../domain/search/document.ts';
import { freshnessRank } from '../../domain/search/freshness.ts';
import type { SearchIndex } from '../../ports/search-index.ts';
import type { CopyReader } from './copy-reader.ts';
import type { ListReader } from './list-reader.ts';
import type { RecentWrites } from './recent-writes.ts';

export interface MigratingSearchIndexDeps {
  readonly truth: SearchIndex;
  readonly copy: Pick<SearchIndex, 'list'>;
  readonly read: CopyReader<SearchDocument>;
  readonly readList: ListReader;
  readonly recent: RecentWrites;
  readonly onWrite: () => void;
}

/** The search index beside the catalogue, read from its copy when the phase says so. A list comes from one of them as a whole. */
export function createMigratingSearchIndex(deps: MigratingSearchIndexDeps): SearchIndex {
  const { truth, copy, read, readList, recent } = deps;
  return {
    ...truth,
    get: async (contentId, call) => (await read([contentId], call)).get(contentId),
    getMany: async (contentIds, call) => [...(await read(contentIds, call)).values()],
    // Both order by id, so a position of one is a position of the other.
    list: (query, call) =>
      readList(
        JSON.stringify(query.filter),
        (bounded) => copy.list(query, bounded),
        () => truth.list(query, call),
        call,
      ),
    async put(content, at, call) {
      recent.note(content.contentId, undefined);
      const result = await truth.put(content, at, call);
      if (result.outcome !== 'owned-by-program')
        recent.note(content.contentId, freshnessRank(result.document));
      deps.onWrite();
      return result;
    },
    async delete(contentId, call) {
      recent.note(contentId, undefined);
      const result = await truth.delete(contentId, call);
      if (result.outcome === 'deleted')
        recent.note(contentId, freshnessRank({ version: result.version, source: 'document' }));
      deps.onWrite();
      return result;
    },
    async project(documents, call, options) {
      for (const document of documents) recent.note(document.contentId, freshnessRank(document));
      await truth.project(documents, call, options);
      deps.onWrite();
    },
    async unproject(removals, call, options) {
      for (const removal of removals) recent.note(removal.contentId, freshnessRank(removal));
      await truth.unproject(removals, call, options);
      deps.onWrite();
    },
  };
}
