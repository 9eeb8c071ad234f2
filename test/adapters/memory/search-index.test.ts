import { createMemorySearchIndex } from '../../../src/adapters/memory/search-index.ts';
import { searchIndexContract } from '../../contracts/search-index/index.ts';

searchIndexContract(async () => ({ index: createMemorySearchIndex() }));
