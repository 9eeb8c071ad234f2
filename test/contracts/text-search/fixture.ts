import type { SearchDocument } from '../../../src/domain/search/document.ts';
import type { TextQuery, TextResult, TextSearch } from '../../../src/ports/text-search.ts';
import { aCall } from '../../support/call.ts';
import { aDocument } from '../../support/search-builders.ts';

export interface TextSearchFixture {
  /** Over an empty index. */
  readonly textSearch: TextSearch;
  /** Primary subtags of the languages whose words are brought to their stems. */
  readonly stemmedLanguages: readonly string[];
}

export type TextSearchSubject = () => Promise<TextSearchFixture>;

/** A document with nothing in it that a test does not put there: no word of the text stands anywhere else. */
export function aText(overrides: Partial<SearchDocument> = {}): SearchDocument {
  return aDocument({
    title: 'Untitled',
    description: '',
    category: 'uncategorised',
    tags: [],
    popularityScore: 0,
    ...overrides,
  });
}

export function titled(title: string, overrides: Partial<SearchDocument> = {}): SearchDocument {
  return aText({ title, ...overrides });
}

function aQuery(text: string, overrides: Partial<TextQuery> = {}): TextQuery {
  return { text, filter: {}, facets: [], sort: 'relevance', maxHits: 100, ...overrides };
}

export async function search(
  { textSearch }: TextSearchFixture,
  text: string,
  overrides: Partial<TextQuery> = {},
): Promise<TextResult> {
  return textSearch.search(aQuery(text, overrides), aCall());
}

/** Indexes the documents and answers how a search names them: by the titles of its hits, in order. */
export async function titleFinder(
  fixture: TextSearchFixture,
  documents: readonly SearchDocument[],
): Promise<(text: string, overrides?: Partial<TextQuery>) => Promise<readonly string[]>> {
  await fixture.textSearch.index(documents, aCall());
  const titles = new Map(documents.map((document) => [document.contentId, document.title]));
  return async (text, overrides) => {
    const { hits } = await search(fixture, text, overrides);
    return hits.map((hit) => titles.get(hit.contentId) ?? `unknown ${hit.contentId}`);
  };
}
