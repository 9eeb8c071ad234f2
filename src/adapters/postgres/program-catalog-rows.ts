import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { JsonObject } from '../../domain/json.ts';
import type { Program } from '../../domain/program/program.ts';

/** A row as {@link programColumns} selects it. */
export interface ProgramRow {
  readonly program_id: string;
  readonly title: string;
  readonly description: string;
  readonly content_type: string;
  readonly category: string;
  readonly language: string;
  readonly tags: readonly string[];
  readonly thumbnail_url: string | null;
  readonly metadata: JsonObject;
  readonly release_date: string | null;
  readonly view_count: string;
  readonly popularity_score: number;
  readonly version: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly deleted_at: Date | null;
}

/** What to select of `programs`, under the name that the query gives the table, to get a {@link ProgramRow}. */
export function programColumns(table: string): RawBuilder<ProgramRow> {
  const column = (name: string): RawBuilder<unknown> => sql`${sql.ref(`${table}.${name}`)}`;
  const plain = [
    'program_id',
    'title',
    'description',
    'content_type',
    'category',
    'language',
    'tags',
    'thumbnail_url',
    'metadata',
    'view_count',
    'popularity_score',
    'version',
    'created_at',
    'updated_at',
    'deleted_at',
  ].map(column);
  return sql`${sql.join(plain)}, to_char(${column('release_date')}, 'YYYY-MM-DD') as release_date`;
}

export function toProgram(row: ProgramRow): Program {
  return {
    programId: row.program_id,
    title: row.title,
    description: row.description,
    contentType: row.content_type,
    category: row.category,
    language: row.language,
    tags: row.tags,
    thumbnailUrl: row.thumbnail_url,
    metadata: row.metadata,
    releaseDate: row.release_date,
    viewCount: Number(row.view_count),
    popularityScore: row.popularity_score,
    version: Number(row.version),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
