import { describe } from 'vitest';
import { searchIndexContract } from '../../contracts/search-index/index.ts';
import { aMigratingIndex } from './index-fixture.ts';
import type { ReadPhaseName } from './reads-fixture.ts';
import { READ_PHASES } from './reads-fixture.ts';

const NAMES = Object.keys(READ_PHASES) as ReadPhaseName[];
const COPIES = ['current', 'behind'] as const;

describe.each(NAMES)('the migrating index in %s', (name) => {
  const phase = READ_PHASES[name];
  describe.each(COPIES)('with copies that are %s', (copies) => {
    searchIndexContract(async () => aMigratingIndex({ phase, copies }));
  });
});

describe.each(NAMES.filter((name) => name !== 'primary'))(
  'the migrating index in %s with a copy that fails',
  (name) => {
    const phase = READ_PHASES[name];
    const faults = () => ({ kind: 'error' }) as const;
    searchIndexContract(async () => aMigratingIndex({ phase, copies: 'current', faults }));
  },
);
