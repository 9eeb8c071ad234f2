import { describe } from 'vitest';
import { atomicityContract } from './atomicity.contract.ts';
import { categoriesContract } from './categories.contract.ts';
import { countingContract } from './counting.contract.ts';
import { durabilityContract } from './durability.contract.ts';
import type { MakeActivity } from './fixture.ts';
import { isolationContract } from './isolation.contract.ts';
import { recentViewsContract } from './recent-views.contract.ts';
import { totalsContract } from './totals.contract.ts';
import { trendsContract } from './trends.contract.ts';

/** Everything that the port `ActivityStore` promises. */
export function activityStoreContract(make: MakeActivity): void {
  describe('counting', () => countingContract(make));
  describe('atomicity', () => atomicityContract(make));
  describe('trends', () => trendsContract(make));
  describe('categories', () => categoriesContract(make));
  describe('recently viewed', () => recentViewsContract(make));
  describe('totals', () => totalsContract(make));
  describe('durability', () => durabilityContract(make));
  describe('isolation', () => isolationContract(make));
}
