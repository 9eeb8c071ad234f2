import { describe } from 'vitest';
import { programCatalogContract } from '../../contracts/program-catalog/index.ts';
import { aMigratingCatalog } from './catalog-fixture.ts';
import type { ReadPhaseName } from './reads-fixture.ts';
import { READ_PHASES } from './reads-fixture.ts';

const NAMES = Object.keys(READ_PHASES) as ReadPhaseName[];
const COPIES = ['current', 'behind'] as const;

describe.each(NAMES)('the migrating catalogue in %s', (name) => {
  const phase = READ_PHASES[name];
  describe.each(COPIES)('with copies that are %s', (copies) => {
    programCatalogContract(async () => aMigratingCatalog({ phase, copies }));
  });
});

describe.each(['read-fallback at 100 %', 'primary'] as const)(
  'the migrating catalogue in %s with copies of popular programs',
  (name) => {
    const phase = READ_PHASES[name];
    programCatalogContract(async () => aMigratingCatalog({ phase, scope: 'popular', copies: 'current' }));
  },
);

describe.each(NAMES.filter((name) => name !== 'primary'))(
  'the migrating catalogue in %s with a copy that fails',
  (name) => {
    const phase = READ_PHASES[name];
    const faults = () => ({ kind: 'error' }) as const;
    programCatalogContract(async () => aMigratingCatalog({ phase, copies: 'current', faults }));
  },
);
