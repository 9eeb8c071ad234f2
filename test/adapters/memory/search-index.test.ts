import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { createMemorySearchIndex } from '../../../src/adapters/memory/search-index.ts';
import { searchIndexContract } from '../../contracts/search-index/index.ts';

searchIndexContract(async () => ({
  index: createMemorySearchIndex(),
  differences: memoryDifferences.searchIndex,
}));
