import { describe } from 'vitest';
import { programCatalogContract } from '../../contracts/program-catalog/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { aMemoryCatalog } from '../../support/marked-catalogs.ts';

describe('the memory catalogue', () => {
  programCatalogContract(async () => aMemoryCatalog(createFakeClock()));
});
