import type { DocumentFilter, SearchDocument } from '../../../domain/search/document.ts';
import { compareText } from '../../../domain/text.ts';
import type { Facet, FacetCount, TextResult } from '../../../ports/text-search.ts';
import { FACET_VALUES, FACETS } from '../../../ports/text-search.ts';

/** Whether a document meets the filter, leaving out the condition on `except`. */
export function passes(document: SearchDocument, filter: DocumentFilter, except?: Facet): boolean {
  return FACETS.every((facet) => {
    const wanted = filter[facet];
    return wanted === undefined || facet === except || valuesOf(document, facet).includes(wanted);
  });
}

/** Counts the values of each facet among documents that match, without the filter on the facet itself. */
export function countFacets(
  documents: readonly SearchDocument[],
  filter: DocumentFilter,
  facets: readonly Facet[],
): TextResult['facets'] {
  return Object.fromEntries(facets.map((facet) => [facet, countFacet(documents, filter, facet)]));
}

function countFacet(
  documents: readonly SearchDocument[],
  filter: DocumentFilter,
  facet: Facet,
): readonly FacetCount[] {
  const counts = new Map<string, number>();
  for (const document of documents) {
    if (!passes(document, filter, facet)) continue;
    for (const value of valuesOf(document, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compareText(a.value, b.value))
    .slice(0, FACET_VALUES);
}

function valuesOf(document: SearchDocument, facet: Facet): readonly string[] {
  switch (facet) {
    case 'category':
      return [document.category];
    case 'language':
      return [document.language];
    case 'contentType':
      return [document.type];
    case 'tag':
      return document.tags;
  }
}
