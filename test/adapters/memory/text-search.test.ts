import { createMemoryTextSearch, STEMMED_LANGUAGES } from '../../../src/adapters/memory/text-search.ts';
import { textSearchContract } from '../../contracts/text-search/index.ts';

textSearchContract(async () => ({
  textSearch: createMemoryTextSearch(),
  stemmedLanguages: STEMMED_LANGUAGES,
}));
