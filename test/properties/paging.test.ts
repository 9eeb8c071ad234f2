import { afterAll, describe } from 'vitest';
import { aService } from '../support/service.ts';
import { pagingAMovingList } from './paging.contract.ts';

describe('paging in memory', () => {
  const service = aService();
  afterAll(() => service.dispose());
  pagingAMovingList(() => service, 60);
});
