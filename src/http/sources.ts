import type { ReadSource } from '../ports/call.ts';

/** Which stores the data of one answer came from. */
export interface Sources {
  readonly hear: (source: ReadSource) => void;
  /** `hot` when nothing had to be asked of the catalogue; so also `catalog` for data that has no copies. */
  all(): ReadSource;
}

export function createSources(): Sources {
  const heard = new Set<ReadSource>();
  return {
    hear: (source) => void heard.add(source),
    all: () => (heard.has('hot') && !heard.has('catalog') ? 'hot' : 'catalog'),
  };
}
