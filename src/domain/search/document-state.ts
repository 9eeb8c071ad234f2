import type { DocumentScanPage, DocumentState } from '../../ports/search-index.ts';

export function contentIdOf(state: DocumentState): string {
  return state.removed ? state.removal.contentId : state.document.contentId;
}

/** A page of a scan that goes by id, from the first `limit` states after its cursor: the cursor is the last id. */
export function scanPageById(states: readonly DocumentState[], limit: number): DocumentScanPage {
  const last = states.at(-1);
  return { states, next: last === undefined || states.length < limit ? undefined : contentIdOf(last) };
}
