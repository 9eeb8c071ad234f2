import type { DocumentState, SearchIndex, SearchTruth } from '../../ports/search-index.ts';
import type { DocumentRemoval, SearchDocument } from '../search/document.ts';
import { freshnessRank, sourcedVersion } from '../search/freshness.ts';
import { CANARY_DOCUMENT_ID, canaryDocument } from './canary-values.ts';
import type { CopiedSet, CopyRead, TruthState } from './copied-set.ts';
import { jsonDifferences } from './json-differences.ts';

export interface DocumentCopiesDeps {
  readonly truth: Pick<SearchTruth, 'states' | 'scanStates' | 'splitKeys'>;
  readonly copy: Pick<SearchIndex, 'states' | 'scan' | 'project' | 'unproject'>;
}

/** The search documents beside the catalogue and their copies in another index. A version is the rank of its freshness. */
export function createDocumentCopies({ truth, copy }: DocumentCopiesDeps): CopiedSet<SearchDocument> {
  return {
    dataSet: 'search',
    current: async (keys, call) => (await truth.states(keys, call)).map(toTruth),
    scanTruth: async (range, limit, call) => (await truth.scanStates(range, limit, call)).map(toTruth),
    splitTruth: (parts, call) => truth.splitKeys(parts, call),
    async readCopy(keys, call) {
      const found = new Map((await copy.states(keys, call)).map((state) => [keyOf(state), toCopy(state)]));
      return keys.map((key) => found.get(key) ?? { outcome: 'miss' });
    },
    async writeCopy({ key, version, value }, { refresh }, call) {
      if (value === undefined) await copy.unproject([removalOf(key, version)], call, { refresh });
      else await copy.project([value], call, { refresh });
      return 'applied';
    },
    async discardCopy(key, call) {
      const [state] = await copy.states([key], call);
      if (state === undefined || state.removed) return;
      const { contentId, version, source } = state.document;
      await copy.unproject([{ contentId, version: version + 1, source }], call);
    },
    async scanCopy(cursor, limit, call) {
      const { states, next } = await copy.scan(cursor, limit, call);
      return { entries: states.map(toEntry), next };
    },
    canary: (version) => ({ key: CANARY_DOCUMENT_ID, version, value: canaryDocument(version) }),
    mustHave: () => true,
    differences: jsonDifferences,
  };
}

function keyOf(state: DocumentState): string {
  return state.removed ? state.removal.contentId : state.document.contentId;
}

function rankOf(state: DocumentState): number {
  return freshnessRank(state.removed ? state.removal : state.document);
}

function toTruth(state: DocumentState): TruthState<SearchDocument> {
  return { key: keyOf(state), version: rankOf(state), value: state.removed ? undefined : state.document };
}

function toCopy(state: DocumentState): CopyRead<SearchDocument> {
  const version = rankOf(state);
  return state.removed
    ? { outcome: 'tombstone', version }
    : { outcome: 'hit', version, value: state.document };
}

function toEntry(state: DocumentState) {
  return { key: keyOf(state), version: rankOf(state), state: state.removed ? 'tombstone' : 'live' } as const;
}

function removalOf(contentId: string, rank: number): DocumentRemoval {
  return { contentId, ...sourcedVersion(rank) };
}
