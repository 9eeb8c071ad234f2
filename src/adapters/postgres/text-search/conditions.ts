import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { DocumentFilter } from '../../../domain/search/document.ts';
import type { Facet, TextQuery } from '../../../ports/text-search.ts';
import { FACET_VALUES } from '../../../ports/text-search.ts';

const COLUMNS = { category: 'category', language: 'language', contentType: 'content_type' } as const;

/** Those conditions of a filter that `facets` picks, on the table or subquery `alias`; `true` when there is none. */
function conditions(
  filter: DocumentFilter,
  facets: (facet: Facet) => boolean,
  alias: string,
): RawBuilder<boolean> {
  const parts = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[])
    .filter((facet) => filter[facet] !== undefined && facets(facet))
    .map((facet) => sql`${sql.ref(`${alias}.${COLUMNS[facet]}`)} = ${filter[facet]}`);
  if (filter.tag !== undefined && facets('tag')) {
    parts.push(sql`${filter.tag} = ANY(${sql.ref(`${alias}.tags`)})`);
  }
  return parts.length === 0 ? sql`true` : sql`(${sql.join(parts, sql` AND `)})`;
}

/** The whole filter on the table `t`. */
export function wholeFilter({ filter }: TextQuery): RawBuilder<boolean> {
  return conditions(filter, () => true, 't');
}

/** The filter on the table `t` without the facets that are counted: each of them counts what its own filter hides. */
export function filterBeforeFacets({ filter, facets }: TextQuery): RawBuilder<boolean> {
  return conditions(filter, (facet) => !facets.includes(facet), 't');
}

/** The rest of the filter, on what {@link filterBeforeFacets} let through as `m`. */
export function filterAfterFacets({ filter, facets }: TextQuery): RawBuilder<boolean> {
  return conditions(filter, (facet) => facets.includes(facet), 'm');
}

/** The columns that the facets asked for and their filters need, of the table `t`. */
export function facetColumns({ facets }: TextQuery): readonly RawBuilder<unknown>[] {
  return facets.map((facet) => sql.ref(`t.${facet === 'tag' ? 'tags' : COLUMNS[facet]}`));
}

/**
 * The values of all facets asked for among the rows `m` of `source` (each stands for `m.documents` documents), as one JSON
 * array in their order, values by count, most first.
 */
export function allFacetCounts(query: TextQuery, source: string): RawBuilder<unknown> {
  return sql`json_build_array(${sql.join(query.facets.map((facet) => facetCounts(query, facet, source)))})`;
}

function facetCounts(query: TextQuery, facet: Facet, source: string): RawBuilder<unknown> {
  const others = conditions(query.filter, (other) => other !== facet && query.facets.includes(other), 'm');
  const value = facet === 'tag' ? sql`tag` : sql.ref(`m.${COLUMNS[facet]}`);
  const tags = facet === 'tag' ? sql`CROSS JOIN unnest(m.tags) AS tag` : sql``;
  return sql`(
    SELECT coalesce(json_agg(json_build_object('value', value, 'count', count) ORDER BY count DESC, value), '[]')
    FROM (SELECT ${value} AS value, sum(m.documents) AS count FROM ${sql.ref(source)} m ${tags} WHERE ${others}
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${FACET_VALUES}) AS counts)`;
}
