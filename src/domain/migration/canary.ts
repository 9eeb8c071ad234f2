import type { Call } from '../../ports/call.ts';
import type { CopiedSet, CopyRead, TruthState } from './copied-set.ts';

type TrialStore<Value> = Pick<CopiedSet<Value>, 'canary' | 'writeCopy' | 'readCopy'>;

export interface Trial {
  readonly nowMs: number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A read that is eventually consistent may not see what was just written: DynamoDB's catch up within a second. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 250;

/**
 * Tries the copy's store: writes a copy of its own, reads it back and takes it away, with a key that no program has. Answers what
 * does not work, as sentences.
 */
export async function examineCopy<Value>(
  set: TrialStore<Value>,
  { nowMs, pause }: Trial,
  call: Call,
): Promise<readonly string[]> {
  const state = set.canary(nowMs);
  const options = { refresh: false, origin: 'relay' } as const;
  try {
    await set.writeCopy(state, options, call);
    const read = await readBack(set, state, pause, call);
    await set.writeCopy({ ...state, version: state.version + 1, value: undefined }, options, call);
    if (isThis(state, read)) return [];
    return [
      `a trial copy was written and read back as ${read?.outcome ?? 'nothing'}: look at the store of the copies`,
    ];
  } catch (error) {
    return [
      `a trial copy could not be written and read: ${error instanceof Error ? error.message : String(error)}`,
    ];
  }
}

async function readBack<Value>(
  set: TrialStore<Value>,
  state: TruthState<Value>,
  pause: Trial['pause'],
  call: Call,
): Promise<CopyRead<Value> | undefined> {
  for (let look = 1; ; look += 1) {
    const [read] = await set.readCopy([state.key], call);
    if (isThis(state, read) || look === LOOKS) return read;
    await pause(LOOK_AGAIN_MS, call.signal);
  }
}

function isThis<Value>(state: TruthState<Value>, read: CopyRead<Value> | undefined): boolean {
  return read?.outcome === 'hit' && read.version === state.version;
}
