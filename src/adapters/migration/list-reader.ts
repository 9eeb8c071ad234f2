import type { CopyHealth } from '../../domain/migration/copy-health.ts';
import type { ReadPhase } from '../../domain/migration/read-rules.ts';
import { readsCopy } from '../../domain/migration/read-rules.ts';
import type { Call } from '../../ports/call.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import type { CopyReaderDeps } from './copy-reader.ts';

/** Reads a list from the copy or the truth; `name` decides which, as a key does. */
export type ListReader = <List>(
  name: string,
  fromCopy: (call: Call) => Promise<List | undefined>,
  fromTruth: () => Promise<List>,
  call: Call,
) => Promise<List>;

export interface ListReaderDeps extends Pick<CopyReaderDeps<unknown>, 'guard' | 'fallback' | 'elapsedMs'> {
  readonly dataSet: Migrated;
  readonly phase: () => ReadPhase;
  readonly health: CopyHealth;
}

/** A list is answered by one store as a whole: by the copy, or when it fails or has no such list, by the truth. */
export function createListReader(deps: ListReaderDeps): ListReader {
  return async (name, fromCopy, fromTruth, call) => {
    const phase = deps.phase();
    if (!readsCopy(phase, deps.dataSet, name)) {
      call.onSource?.('catalog');
      return fromTruth();
    }
    const begun = deps.elapsedMs();
    try {
      const list = await deps.guard(fromCopy, call);
      deps.health.answered(deps.elapsedMs() - begun);
      if (list !== undefined) {
        call.onSource?.('hot');
        return list;
      }
    } catch (error) {
      call.signal.throwIfAborted();
      deps.health.failed();
      if (phase.phase === 'primary') throw error;
    }
    call.onSource?.('catalog');
    return deps.fallback(fromTruth);
  };
}
