import type { Migrated, Phase } from '../../ports/phase-store.ts';
import { murmur3 } from '../stable-hash.ts';

/** What an instance knows of the control record when it serves a read. */
export interface ReadPhase {
  readonly phase: Phase;
  /** 0 to 100. */
  readonly readPercent: number;
  /** `false`: it is too long since it was read, or it never was. */
  readonly known: boolean;
}

const PARTS = 10_000;
const encoder = new TextEncoder();

/**
 * Whether a key is read from the copy. A key's place between 0 and 100 % is a hash of it, the same on every instance: raising the
 * percentage only moves keys to the copy, lowering it only moves keys back.
 */
export function readsCopy({ phase, readPercent, known }: ReadPhase, dataSet: Migrated, key: string): boolean {
  if (!known) return false;
  if (phase === 'primary') return true;
  return phase === 'read-fallback' && placeOf(dataSet, key) < readPercent * (PARTS / 100);
}

/** 0 to 9,999. */
function placeOf(dataSet: Migrated, key: string): number {
  return murmur3(encoder.encode(`${dataSet}\n${key}`), 0) % PARTS;
}
