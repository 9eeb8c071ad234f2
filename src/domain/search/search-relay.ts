import type { Call } from '../../ports/call.ts';
import type { Mark, Outbox } from '../../ports/outbox.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { SearchIndex } from '../../ports/search-index.ts';
import type { TextSearch } from '../../ports/text-search.ts';
import { projectStates } from './project-program.ts';

export interface SearchRelayDeps {
  readonly outbox: Outbox;
  readonly catalog: Pick<ProgramCatalog, 'currentStates'>;
  readonly searchIndex: SearchIndex;
  readonly textSearch: TextSearch;
}

/** Marks taken in a round. */
export const SEARCH_BATCH = 500;
/** Longer than a batch ever takes; a relay that dies gives its marks back after it. */
const LEASE_MS = 30_000;
const MAX_DELAY_MS = 60_000;
const PUT_OFF_TIMEOUT_MS = 2000;

/**
 * Brings the search copies up to what the catalogue says now, for one batch of marks; answers how many marks it took.
 *
 * Marks are claimed, the *current* rows are read and projected, and a mark goes only when its version was the one applied,
 * so a crash anywhere and any repeat are harmless, and relays of several instances may run side by side.
 */
export async function relaySearch(deps: SearchRelayDeps, call: Call): Promise<number> {
  const marks = await deps.outbox.claim('documents', SEARCH_BATCH, LEASE_MS, call);
  const failures: unknown[] = [];
  for (const slice of slices(marks)) {
    try {
      await apply(deps, slice, call);
      await deps.outbox.settle('documents', slice, call);
    } catch (error) {
      failures.push(error);
      await putOff(deps.outbox, slice, error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return marks.length;
}

/**
 * Marks that failed together are tried again in halves, down to one: a document that no index takes, or too much text for
 * one statement, soon holds up nobody but itself.
 */
function slices(marks: readonly Mark[]): readonly (readonly Mark[])[] {
  const byAttempts = Map.groupBy(marks, (mark) => mark.attempts);
  return [...byAttempts].flatMap(([attempts, group]) => {
    const size = Math.max(1, Math.floor(SEARCH_BATCH / 2 ** attempts));
    return Array.from({ length: Math.ceil(group.length / size) }, (_, index) =>
      group.slice(index * size, (index + 1) * size),
    );
  });
}

async function apply(deps: SearchRelayDeps, marks: readonly Mark[], call: Call): Promise<void> {
  const keys = marks.map((mark) => mark.key);
  const { documents, removals } = projectStates(await deps.catalog.currentStates(keys, call));
  await deps.searchIndex.project(documents, call);
  await deps.searchIndex.unproject(removals, call);
  await deps.textSearch.index(documents, call);
  await deps.textSearch.remove(removals, call);
}

// On time of its own: when the call was aborted the marks must still be given back, or nobody could take them for a lease.
async function putOff(outbox: Outbox, marks: readonly Mark[], error: unknown): Promise<void> {
  const call = { signal: AbortSignal.timeout(PUT_OFF_TIMEOUT_MS) };
  const attempts = Math.max(...marks.map((mark) => mark.attempts));
  const delayMs = Math.min(MAX_DELAY_MS, 100 * 2 ** attempts);
  const reason = error instanceof Error ? error.message : String(error);
  // When the outbox fails as well, the lease ends by itself: the first error is the one worth raising.
  await outbox.putOff('documents', marks, delayMs, reason, call).catch(() => undefined);
}
