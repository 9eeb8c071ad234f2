import { createHash } from 'node:crypto';
import type { Fault, FaultPlan } from './fault.ts';

export interface SeededFaults {
  readonly seed: string | number;
  /** Share of calls that meet a fault, 0 to 1. */
  readonly probability: number;
  /** What they meet, each as often as the others. */
  readonly faults: readonly Fault[];
  /** Absent: every operation. */
  readonly operations?: readonly string[];
}

/** Faults that look random and depend on nothing but the seed, the operation and its count: not on what runs beside it. */
export function seededFaults({ seed, probability, faults, operations }: SeededFaults): FaultPlan {
  return (operation, nth) => {
    if (operations !== undefined && !operations.includes(operation)) return undefined;
    const digest = createHash('sha256').update(`${seed} ${operation} ${nth}`).digest();
    const [chance, choice] = [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
    return chance < probability ? faults[Math.floor(choice * faults.length)] : undefined;
  };
}
