import type { JsonObject } from '../json.ts';
import { isPlainObject } from '../json.ts';
import type { ProgramDraft } from '../program/program.ts';
import { slug } from '../slug.ts';
import { cleanDate } from './clean-date.ts';
import { cleanTitle } from './clean-title.ts';

/** The demo catalogue: programs in a fixed order, and how many rows had no title and so could not become one. */
export interface DemoMovies {
  readonly drafts: readonly Required<ProgramDraft>[];
  readonly dropped: number;
}

type Row = Readonly<Record<string, unknown>>;

/** What the mean of all ratings counts beside a film's own votes: the lower quartile of the votes (4,836), rounded. */
const PRIOR_VOTES = 5000;
const MAX_SLUG = 80;

/**
 * Turns the rows of `movies.json` of the package vega-datasets into programs. The same rows give the same programs.
 *
 * `viewCount` is the number of votes on IMDb. `popularityScore` is the Bayesian mean of the rating times the order of
 * magnitude of the votes: `(v R + m C) / (v + m) * log10(1 + v)`, with v votes of mean R, the mean C of all ratings and
 * m = 5,000 votes of prior, so that a film that few people love stays behind one that many do.
 */
export function cleanMovies(rows: unknown): DemoMovies {
  const known = Array.isArray(rows) ? rows.filter(isPlainObject) : [];
  const meanRating = meanOf(known.flatMap((row) => numberOf(row, 'IMDB Rating') ?? []));
  const takenIds = new Map<string, number>();
  const drafts = known.flatMap((row) => {
    const title = cleanTitle(row.Title);
    return title === undefined ? [] : [toDraft(row, title, meanRating, takenIds)];
  });
  return { drafts, dropped: known.length - drafts.length };
}

function toDraft(
  row: Row,
  title: string,
  meanRating: number,
  takenIds: Map<string, number>,
): Required<ProgramDraft> {
  const releaseDate = cleanDate(row['Release Date']);
  const votes = numberOf(row, 'IMDB Votes') ?? 0;
  return {
    programId: uniqueId(title, releaseDate, takenIds),
    title,
    description: descriptionOf(row, releaseDate),
    contentType: 'movie',
    category: textOf(row, 'Major Genre') ?? 'Uncategorized',
    language: 'en',
    tags: tagsOf(row),
    thumbnailUrl: null,
    metadata: metadataOf(row),
    releaseDate,
    viewCount: votes,
    popularityScore: popularity(votes, numberOf(row, 'IMDB Rating') ?? meanRating, meanRating),
  };
}

function popularity(votes: number, rating: number, meanRating: number): number {
  const mean = (votes * rating + PRIOR_VOTES * meanRating) / (votes + PRIOR_VOTES);
  return Number((mean * Math.log10(1 + votes)).toFixed(4));
}

/** Title and year; a namesake of the same year gets a number, in the order of the rows. */
function uniqueId(title: string, releaseDate: string | null, taken: Map<string, number>): string {
  const name = slug(title).slice(0, MAX_SLUG).replace(/-$/, '') || 'film';
  const id = releaseDate === null ? name : `${name}-${releaseDate.slice(0, 4)}`;
  const count = (taken.get(id) ?? 0) + 1;
  taken.set(id, count);
  return count === 1 ? id : `${id}~${count}`;
}

function descriptionOf(row: Row, releaseDate: string | null): string {
  const genre = textOf(row, 'Major Genre');
  const director = textOf(row, 'Director');
  const minutes = numberOf(row, 'Running Time min');
  const distributor = textOf(row, 'Distributor');
  const setting = textOf(row, 'Creative Type');
  const source = textOf(row, 'Source');
  const what = [releaseDate?.slice(0, 4), genre?.toLowerCase(), 'film'].filter(Boolean).join(' ');
  const sentences = [
    `A ${what}${director === undefined ? '' : ` directed by ${director}`}.`,
    setting && `${setting}.`,
    source && `${source}.`,
    distributor && `Distributed by ${distributor}.`,
    minutes && `${minutes} minutes.`,
  ];
  return sentences.filter(Boolean).join(' ');
}

function tagsOf(row: Row): readonly string[] {
  const rating = textOf(row, 'MPAA Rating');
  // "Open" is what the data calls a film that was not submitted for a rating.
  const rated = rating === 'Not Rated' || rating === 'Open' ? 'not-rated' : rating && `rated-${slug(rating)}`;
  const kinds = [textOf(row, 'Creative Type'), textOf(row, 'Source')].map((kind) => kind && slug(kind));
  return [...new Set([...kinds, rated].filter((tag) => tag !== undefined))];
}

function metadataOf(row: Row): JsonObject {
  const fields = {
    director: textOf(row, 'Director'),
    distributor: textOf(row, 'Distributor'),
    runningTimeMinutes: numberOf(row, 'Running Time min'),
    mpaaRating: textOf(row, 'MPAA Rating'),
    imdbRating: numberOf(row, 'IMDB Rating'),
    imdbVotes: numberOf(row, 'IMDB Votes'),
    rottenTomatoesRating: numberOf(row, 'Rotten Tomatoes Rating'),
    // A sum of 0 is one that nobody knows.
    productionBudgetUsd: numberOf(row, 'Production Budget') || undefined,
    usGrossUsd: numberOf(row, 'US Gross') || undefined,
    worldwideGrossUsd: numberOf(row, 'Worldwide Gross') || undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}

function textOf(row: Row, name: string): string | undefined {
  const value = row[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function numberOf(row: Row, name: string): number | undefined {
  const value = row[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
