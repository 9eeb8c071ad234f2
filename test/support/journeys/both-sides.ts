import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../../../src/adapters/postgres/tables.ts';
import type { TestDynamodb } from '../dynamodb.ts';

/** What is stored of a key, as plain values by name. */
interface Stored {
  readonly version: number;
  readonly isGone: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Side = ReadonlyMap<string, Stored>;

/** Keys that are not the same on both sides, by what is wrong with the copy. */
export interface Comparison {
  readonly keys: number;
  readonly missing: readonly string[];
  readonly older: readonly string[];
  readonly newer: readonly string[];
  readonly resurrected: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
}

export const EQUAL = { missing: [], older: [], newer: [], resurrected: [], different: [], extra: [] };

/** Compares in words of its own, so that a mistake of the product's comparison can not hide one of its copies. */
export function compareSides(truth: Side, copy: Side): Comparison {
  const found = {
    missing: [],
    older: [],
    newer: [],
    resurrected: [],
    different: [],
    extra: [],
  } as Record<keyof typeof EQUAL, string[]>;
  for (const [key, stored] of truth) {
    const name = faultOf(stored, copy.get(key));
    if (name !== undefined) found[name].push(key);
  }
  for (const key of copy.keys()) if (!truth.has(key)) found.extra.push(key);
  return { keys: truth.size, ...found };
}

function faultOf(truth: Stored, copy: Stored | undefined): keyof typeof EQUAL | undefined {
  if (copy === undefined) return 'missing';
  if (truth.isGone && !copy.isGone) return 'resurrected';
  if (copy.version < truth.version) return 'older';
  if (copy.version > truth.version) return 'newer';
  if (copy.isGone !== truth.isGone) return 'different';
  return JSON.stringify(copy.fields) === JSON.stringify(truth.fields) ? undefined : 'different';
}

export async function programsOfPostgres(db: Kysely<Database>): Promise<Side> {
  const { rows } = await sql<Record<string, unknown> & { id: string; version: string; gone: boolean }>`
    select program_id as id, version, deleted_at is not null as gone, title, description, content_type,
      category, language, tags, thumbnail_url, metadata, to_char(release_date, 'YYYY-MM-DD') as release_date,
      view_count, popularity_score
    from programs`.execute(db);
  return sideOf(rows, (row) => ({
    title: row.title,
    description: row.description,
    type: row.content_type,
    category: row.category,
    language: row.language,
    tags: row.tags,
    thumbnail: row.thumbnail_url ?? null,
    metadata: row.metadata,
    released: row.release_date ?? null,
    views: Number(row.view_count),
    score: row.popularity_score,
  }));
}

export async function programsOfDynamodb({ client, tables }: TestDynamodb): Promise<Side> {
  const rows = (await scan(client, tables.discovery))
    // Lists have other keys; the reserved id is that of trial copies.
    .filter(({ programId }) => /^[A-Za-z0-9]/.test(String(programId)) && programId !== 'batch-get')
    .map(
      (item): Row => ({
        ...item,
        id: String(item.programId),
        version: item.version,
        gone: item.deleted === true,
      }),
    );
  return sideOf(rows, (item) => ({
    title: item.title,
    description: item.description,
    type: item.contentType,
    category: item.categoryName,
    language: item.language,
    tags: item.tags,
    thumbnail: item.thumbnailUrl ?? null,
    metadata: JSON.parse(String(item.metadata)),
    released: item.releaseDate ?? null,
    views: item.viewCount,
    score: item.popularityScore,
  }));
}

export async function documentsOfPostgres(db: Kysely<Database>): Promise<Side> {
  const { rows } = await sql<Row>`
    select content_id as id, version, removed as gone, source, title, description, content_type as type, category,
      language, tags, popularity_score as score
    from search_documents`.execute(db);
  return sideOf(rows, ({ source, title, description, type, category, language, tags, score }) => ({
    ...{ source, title, description, type, category, language, tags, score },
  }));
}

export async function documentsOfDynamodb({ client, tables }: TestDynamodb): Promise<Side> {
  const rows = (await scan(client, tables.search))
    .filter(({ contentId }) => /^[A-Za-z0-9]/.test(String(contentId)))
    .map(
      (item): Row => ({
        ...item,
        id: String(item.contentId),
        version: item.version,
        gone: item.removed === true,
      }),
    );
  return sideOf(rows, (item) => ({
    source: item.source,
    title: item.title,
    description: item.description,
    type: item.typeName,
    category: item.categoryName,
    language: item.languageTag,
    tags: item.tags,
    score: item.popularityScore,
  }));
}

type Row = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly version: unknown;
  readonly gone: boolean;
};

/** What is gone has a version and nothing else to compare. */
function sideOf(rows: readonly Row[], fieldsOf: (row: Row) => Record<string, unknown>): Side {
  return new Map(
    rows.map((row) => [
      row.id,
      { version: Number(row.version), isGone: row.gone, fields: row.gone ? {} : fieldsOf(row) },
    ]),
  );
}

async function scan(client: TestDynamodb['client'], TableName: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}
