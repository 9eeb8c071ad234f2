import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Program } from '../../src/domain/program/program.ts';
import type { SearchDocument } from '../../src/domain/search/document.ts';

const FILE = 'wikipedia-movies.ndjson.gz';

/** A record of the Wikipedia film lists. */
export interface Film {
  readonly title: string;
  readonly year: number;
  readonly genres: readonly string[];
  readonly extract?: string;
  readonly thumbnail?: string;
  readonly cast?: readonly string[];
}

/** Where the films lie: in the directory that `MEDIAMESH_DATA` names, else in `shared/data` beside the checkout. */
export function filmsPath(): string {
  const given = process.env.MEDIAMESH_DATA;
  return join(given ?? resolve(import.meta.dirname, '../../../shared/data'), FILE);
}

/** @throws {Error} that says where the file was looked for. */
export async function readFilms(): Promise<readonly Film[]> {
  const path = filmsPath();
  if (!existsSync(path)) {
    throw new Error(`${path} is not there: set MEDIAMESH_DATA to the directory that has ${FILE}`);
  }
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()) });
  const films: Film[] = [];
  for await (const line of lines) films.push(JSON.parse(line) as Film);
  return films;
}

/** Films as search documents: `title-year` for an id, made unique by a number; the first genre for a category. */
export function toDocuments(films: readonly Film[]): readonly SearchDocument[] {
  const taken = new Map<string, number>();
  const indexedAt = new Date();
  return films.map((film) => ({
    contentId: uniqueId(film, taken),
    type: 'movie',
    title: film.title,
    description: film.extract ?? '',
    category: film.genres[0] ?? 'Unknown',
    language: 'en',
    tags: film.genres,
    popularityScore: 0,
    releaseDate: `${film.year}-01-01`,
    source: 'program',
    version: 1,
    indexedAt,
  }));
}

function uniqueId({ title, year }: Film, taken: Map<string, number>): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80);
  const id = `${slug || 'film'}-${year}`;
  const count = (taken.get(id) ?? 0) + 1;
  taken.set(id, count);
  return count === 1 ? id : `${id}-n${count}`;
}

/** Films as programs of a catalogue, all at version 1. */
export function toPrograms(films: readonly Film[]): readonly Program[] {
  const at = new Date('2026-01-01T12:00:00.000Z');
  return toDocuments(films).map((document, index) => ({
    programId: document.contentId,
    title: document.title,
    description: document.description,
    contentType: document.type,
    category: document.category,
    language: document.language,
    tags: document.tags,
    thumbnailUrl: films[index]?.thumbnail ?? null,
    metadata: { cast: [...(films[index]?.cast ?? [])] },
    releaseDate: document.releaseDate,
    viewCount: (index * 7919) % 1_000_000,
    popularityScore: ((index * 7919) % 100_000) / 100,
    version: 1,
    createdAt: at,
    updatedAt: at,
  }));
}
