import type { Comparisons, Difference, FoundDifference } from '../../../src/ports/comparisons.ts';
import { aCall } from '../../support/call.ts';

export interface ComparisonsFixture {
  /** Nothing was ever told to it. */
  readonly comparisons: Comparisons;
  /** Another instance's view of the same; the very same object where there is only one instance. */
  readonly other: Comparisons;
  /** Lets so much time pass, without waiting. */
  readonly passTime: (milliseconds: number) => Promise<void>;
}

export type ComparisonsSubject = () => Promise<ComparisonsFixture>;

export function aDifference(overrides: Partial<FoundDifference> = {}): FoundDifference {
  return {
    key: 'p-1',
    class: 'new-older',
    truthVersion: 7,
    copyVersion: 6,
    paths: ['/title', '/metadata/a~1b'],
    foundBy: 'shadow',
    ...overrides,
  };
}

export async function all(
  comparisons: Comparisons,
  dataSet: 'programs' | 'search' = 'programs',
): Promise<readonly Difference[]> {
  return comparisons.differences(dataSet, {}, 100_000, aCall());
}
