import { describe } from 'vitest';
import { countingContract } from './counting.contract.ts';
import type { MakeActivity } from './fixture.ts';
import { recentViewsContract } from './recent-views.contract.ts';
import { totalsContract } from './totals.contract.ts';
import { trendsContract } from './trends.contract.ts';

/** Everything that the port `ActivityStore` promises. */
export function activityStoreContract(make: MakeActivity): void {
  describe('counting', () => countingContract(make));
  describe('trends', () => trendsContract(make));
  describe('recently viewed', () => recentViewsContract(make));
  describe('totals', () => totalsContract(make));
}
