import type { Call } from '../../ports/call.ts';
import type { CopiedSet } from './copied-set.ts';

/**
 * Tries the copy's store: writes a copy of its own, reads it back and takes it away, with a key that no program can have been given.
 * Answers what does not work, as sentences.
 */
export async function examineCopy<Value>(
  set: Pick<CopiedSet<Value>, 'canary' | 'writeCopy' | 'readCopy'>,
  nowMs: number,
  call: Call,
): Promise<readonly string[]> {
  // A time as the version: newer than what earlier trials left.
  const state = set.canary(nowMs);
  const options = { refresh: false, origin: 'relay' } as const;
  try {
    await set.writeCopy(state, options, call);
    const [read] = await set.readCopy([state.key], call);
    await set.writeCopy({ ...state, version: state.version + 1, value: undefined }, options, call);
    if (read?.outcome === 'hit' && read.version === state.version) return [];
    return [
      `a trial copy was written and read back as ${read?.outcome ?? 'nothing'}: look at the store of the copies`,
    ];
  } catch (error) {
    return [
      `a trial copy could not be written and read: ${error instanceof Error ? error.message : String(error)}`,
    ];
  }
}
