import { describe, expect, it } from 'vitest';
import { readDemoMovies } from '../../../src/adapters/system/demo-catalog.ts';
import { cleanDate } from '../../../src/domain/demo/clean-date.ts';
import { cleanMovies } from '../../../src/domain/demo/clean-movies.ts';
import { cleanTitle } from '../../../src/domain/demo/clean-title.ts';
import { checkDraft } from '../../../src/domain/program/check-draft.ts';

const row = (overrides: Record<string, unknown>) => ({
  Title: 'Heat',
  'Release Date': 'Dec 15 1995',
  ...overrides,
});
const draftOf = (overrides: Record<string, unknown>) => cleanMovies([row(overrides)]).drafts[0];

describe('a title', () => {
  it.each([
    [1941, '1941'],
    [' The Helix...  Loaded', 'The Helix... Loaded'],
    ['Boot, Das', 'Das Boot'],
    ['Couloirs du temps: Les visiteurs 2, Les', 'Les Couloirs du temps: Les visiteurs 2'],
    ['Me, Myself & Irene', 'Me, Myself & Irene'],
    ['King Kong (1933)', 'King Kong'],
    ['Steal (Canadian Release)', 'Steal (Canadian Release)'],
    ["Le Fabuleux destin d'AmÈlie Poulain", "Le Fabuleux destin d'Amélie Poulain"],
    ['The Naked Gun 2Ω: The Smell of Fear', 'The Naked Gun 2½: The Smell of Fear'],
    ['Alien³', 'Alien³'],
    [null, undefined],
    ['  ', undefined],
    [{ toString: () => 'x' }, undefined],
  ])('%j becomes %j', (given, expected) => expect(cleanTitle(given)).toBe(expected));
});

describe('a date', () => {
  it.each<[unknown, string | null, string]>([
    ['Jun 12 1998', '1998-06-12', 'a day'],
    ['Feb 08 2015', '1915-02-08', 'a century off: the data ends in 2011'],
    ['Dec 23 2011', '2011-12-23', 'the last year of the data'],
    ['Dec 31 1941', '1942-01-01', 'a year alone, moved by a time zone (Casablanca)'],
    ['Dec 31 2008', '2008-12-31', 'a real New Year’s Eve'],
    ['Dec 31 1969', null, 'the epoch: no date at all'],
    ['12 June 1998', null, 'another form'],
    [19980612, null, 'no text'],
    [undefined, null, 'missing'],
  ])('%j becomes %j: %s', (given, expected) => expect(cleanDate(given)).toBe(expected));
});

describe('a film', () => {
  it('carries what the row says and leaves out what it does not', () => {
    expect(
      draftOf({
        'US Gross': 67436818,
        'Worldwide Gross': 0,
        'MPAA Rating': 'R',
        'Running Time min': 170,
        Distributor: null,
        Source: 'Remake',
        'Major Genre': 'Drama',
        Director: 'Michael Mann',
        'IMDB Rating': 8.2,
        'IMDB Votes': 999,
      }),
    ).toEqual({
      programId: 'heat-1995',
      title: 'Heat',
      description: 'A 1995 drama film directed by Michael Mann. Remake. 170 minutes.',
      contentType: 'movie',
      category: 'Drama',
      language: 'en',
      tags: ['remake', 'rated-r'],
      thumbnailUrl: null,
      metadata: {
        director: 'Michael Mann',
        runningTimeMinutes: 170,
        mpaaRating: 'R',
        imdbRating: 8.2,
        imdbVotes: 999,
        usGrossUsd: 67436818,
      },
      releaseDate: '1995-12-15',
      viewCount: 999,
      // Its rating is the mean of all ratings, so the prior changes nothing: 8.2 * log10(1000).
      popularityScore: 24.6,
    });
  });

  it('without genre is uncategorized, without votes has no score, without a release date no year in its id', () => {
    expect(draftOf({ 'Release Date': 'Dec 31 1969' })).toMatchObject({
      programId: 'heat',
      releaseDate: null,
      category: 'Uncategorized',
      viewCount: 0,
      popularityScore: 0,
      tags: [],
      metadata: {},
    });
  });

  it('that many love goes before one that few love more', () => {
    const { drafts } = cleanMovies([
      row({ 'IMDB Rating': 8, 'IMDB Votes': 200_000 }),
      row({ 'IMDB Rating': 9.5, 'IMDB Votes': 40 }),
      row({ 'IMDB Rating': 3, 'IMDB Votes': 200_000 }),
    ]);
    const [loved, cult, disliked] = drafts.map(({ popularityScore }) => popularityScore);
    expect(loved).toBeGreaterThan(disliked ?? 0);
    expect(disliked).toBeGreaterThan(cult ?? 0);
  });

  it('has an id of its own beside a namesake of the same year', () => {
    const { drafts } = cleanMovies([row({}), row({}), row({ 'Release Date': 'Jan 02 1986' })]);
    expect(drafts.map(({ programId }) => programId)).toEqual(['heat-1995', 'heat-1995~2', 'heat-1986']);
  });
});

describe('the rows of vega-datasets', () => {
  it('become 3,200 valid programs with ids of their own; the one without a title is dropped', async () => {
    const { drafts, dropped } = cleanMovies(await readDemoMovies());
    expect([drafts.length, dropped]).toEqual([3200, 1]);
    expect(drafts.flatMap((draft) => checkDraft(draft).faults ?? [])).toEqual([]);
    expect(new Set(drafts.map(({ programId }) => programId)).size).toBe(3200);
    expect(
      drafts
        .filter(({ title }) => /^\d+$/.test(title))
        .map(({ title }) => title)
        .sort(),
    ).toEqual(['1408', '1776', '1941', '2012', '2046', '21', '300', '54', '9']);
    const dates = drafts.flatMap(({ releaseDate }) => releaseDate ?? []).sort();
    expect([dates[0], dates.at(-1)]).toEqual(['1915-02-08', '2011-12-23']);
  });

  it('are the same programs each time', async () => {
    const rows = await readDemoMovies();
    expect(cleanMovies(rows)).toEqual(cleanMovies(structuredClone(rows)));
  });
});

it('rows that are none are passed over', () => {
  expect(cleanMovies(null)).toEqual({ drafts: [], dropped: 0 });
  expect(cleanMovies([null, 4, 'x', {}])).toEqual({ drafts: [], dropped: 1 });
});
