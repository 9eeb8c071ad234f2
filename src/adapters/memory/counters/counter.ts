import type { Algorithm, Policy } from '../../../domain/limits/policy.ts';
import { ALGORITHMS } from '../../../domain/limits/policy.ts';

/** The number of a counter, as long as it is there; another may have it afterwards. */
export type Counter = number;

/** What names a counter: of the policy, the algorithm and the window. */
export interface CounterId {
  readonly key: string;
  readonly policy: Omit<Policy, 'limit'>;
}

/** Algorithms as numbers. */
export const CODES = Object.fromEntries(ALGORITHMS.map((algorithm, code) => [algorithm, code])) as Readonly<
  Record<Algorithm, number>
>;
