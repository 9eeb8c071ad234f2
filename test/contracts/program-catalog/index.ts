import { bulkContract } from './bulk.contract.ts';
import { concurrencyContract } from './concurrency.contract.ts';
import { conditionContract } from './conditions.contract.ts';
import { deleteContract } from './deletes.contract.ts';
import type { CatalogSubject } from './fixture.ts';
import { isolationContract } from './isolation.contract.ts';
import { listContract } from './lists.contract.ts';
import { markContract } from './marks.contract.ts';
import { pagingContract } from './paging.contract.ts';
import { queryContract } from './queries.contract.ts';
import { rangeContract } from './ranges.contract.ts';
import { textContract } from './text.contract.ts';
import { topContract } from './top.contract.ts';
import { versionContract } from './versions.contract.ts';
import { viewContract } from './views.contract.ts';

/** Every promise of the port `ProgramCatalog`; call it inside a `describe`. */
export function programCatalogContract(subject: CatalogSubject): void {
  conditionContract(subject);
  versionContract(subject);
  bulkContract(subject);
  deleteContract(subject);
  queryContract(subject);
  pagingContract(subject);
  topContract(subject);
  listContract(subject);
  rangeContract(subject);
  viewContract(subject);
  markContract(subject);
  isolationContract(subject);
  concurrencyContract(subject);
  textContract(subject);
}
