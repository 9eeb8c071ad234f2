/**
 * Full text over the Wikipedia films on a Postgres server: how long searches take at a steady rate, and how often a title
 * with a typo in it is found.
 *
 * Run: `node bench/search.ts [seconds]`. `MEDIAMESH_DATA` names the directory of the films, `DATABASE_URL` an empty
 * database; without it a temporary server is started.
 */
import { createPostgresTextSearch } from '../src/adapters/postgres/text-search.ts';
import type { SearchDocument } from '../src/domain/search/document.ts';
import { STOP_WORDS } from '../src/domain/search/stop-words.ts';
import { wordsOf } from '../src/domain/search/words.ts';
import type { Facet, TextSearch } from '../src/ports/text-search.ts';
import type { Film } from './support/films.ts';
import { readFilms, toDocuments } from './support/films.ts';
import { openLoop } from './support/open-loop.ts';
import { openBenchDatabase } from './support/postgres.ts';
import type { Random } from './support/random.ts';
import { createRandom, pick } from './support/random.ts';
import { print, printFigure, printHeader, printMethod, quantile, timesLine } from './support/report.ts';
import { typoSamples } from './support/typos.ts';

const SEED = 20260307;
const PER_SECOND = 20;
const WARM_UP = 40;
const TYPO_TITLES = 500;
/** As many hits as the service ranks for its pages. */
const MAX_HITS = 1000;
const COMMON = [
  'love',
  'the man',
  'war',
  'the',
  'film',
  'american',
  'drama',
  'life',
  'new york',
  'the girl',
  'a',
  'of the',
];
const call = { signal: new AbortController().signal };

interface Request {
  readonly text: string;
  readonly facets: readonly Facet[];
}

const seconds = Number(process.argv[2] ?? 60);
const films = await readFilms().catch((error: Error) => {
  print(error.message);
  return process.exit(1);
});
const database = await openBenchDatabase();
try {
  const textSearch = createPostgresTextSearch({ db: database.db });
  printHeader('Full-text search', { postgres: database.version });
  await measureIndexing(textSearch, toDocuments(films));
  await measureSearches(textSearch, films);
  await measureTypos(textSearch, films);
} finally {
  await database.close();
}

async function measureIndexing(textSearch: TextSearch, documents: readonly SearchDocument[]): Promise<void> {
  printMethod(
    `${documents.length} films indexed in batches of 500, one after another, then measured without any pause.`,
  );
  const begun = performance.now();
  for (let start = 0; start < documents.length; start += 500) {
    await textSearch.index(documents.slice(start, start + 500), call);
  }
  const tookMs = performance.now() - begun;
  printFigure(
    'indexing',
    `${Math.round((documents.length / tookMs) * 1000)} documents/s (${(tookMs / 1000).toFixed(1)} s)`,
  );
}

async function measureSearches(textSearch: TextSearch, all: readonly Film[]): Promise<void> {
  const random = createRandom(SEED);
  const requests = Array.from({ length: WARM_UP + seconds * PER_SECOND }, () => aRequest(all, random));
  printMethod(
    `open loop, ${PER_SECOND} requests/s for ${seconds} s after ${WARM_UP} to warm up, seed ${SEED}; latency from when a request was due.`,
    '50 % one to three neighbouring words of a random title, 30 % one or two words of a random extract (no stop words),',
    `20 % of: ${COMMON.join(', ')}. Half of all have the end of the last word cut off; one in five asks for the`,
    `facets category and language. Each ranks up to ${MAX_HITS} hits and counts all.`,
  );
  const send = ({ text, facets }: Request) =>
    textSearch.search({ text, facets, filter: {}, sort: 'relevance', maxHits: MAX_HITS }, call);
  const timed = (await openLoop({ requests, perSecond: PER_SECOND, send })).slice(WARM_UP);
  const times = timed.map(({ latencyMs }) => latencyMs);
  const p99 = quantile(times, 0.99);
  printFigure('search, all', timesLine(times), { text: 'p99 under 50 ms', met: p99 < 50 });
  printFigure(
    'search, with facets',
    timesLine(timed.filter(({ request }) => request.facets.length > 0).map(({ latencyMs }) => latencyMs)),
  );
  const slowest = timed.toSorted((a, b) => b.latencyMs - a.latencyMs).slice(0, 8);
  print(
    `slowest: ${slowest.map(({ request, latencyMs }) => `"${request.text}"${request.facets.length > 0 ? ' + facets' : ''} ${latencyMs.toFixed(0)} ms`).join(', ')}`,
  );
}

function aRequest(all: readonly Film[], random: Random): Request {
  const text = aText(all, random);
  const facets: readonly Facet[] = random() < 0.2 ? ['category', 'language'] : [];
  return { text: random() < 0.5 ? unfinished(text, random) : text, facets };
}

function aText(all: readonly Film[], random: Random): string {
  const kind = random();
  if (kind < 0.2) return pick(random, COMMON);
  const film = pick(random, all);
  const words =
    kind < 0.7 ? wordsOf(film.title).map((word) => word.text) : tellingWords(film.extract ?? film.title);
  if (words.length === 0) return aText(all, random);
  const count = 1 + Math.floor(random() * (kind < 0.7 ? 3 : 2));
  const from = Math.floor(random() * Math.max(1, words.length - count + 1));
  return words.slice(from, from + count).join(' ');
}

function tellingWords(text: string): readonly string[] {
  return wordsOf(text)
    .map((word) => word.text)
    .filter((word) => !STOP_WORDS.has(word));
}

// At least two letters of the last word stay.
function unfinished(text: string, random: Random): string {
  const last = text.split(' ').at(-1) ?? '';
  const kept = Math.min(last.length, 2 + Math.floor(random() * Math.max(1, last.length - 2)));
  return text.slice(0, text.length - last.length + kept);
}

async function measureTypos(textSearch: TextSearch, all: readonly Film[]): Promise<void> {
  const documents = toDocuments(all);
  const samples = typoSamples(all, TYPO_TITLES, createRandom(SEED + 1));
  printMethod(
    `${TYPO_TITLES} distinct random films (seed ${SEED + 1}) with a word of four letters or more in the title; the whole title is typed with`,
    'one letter of such a word, at any place, put in, left out, replaced or swapped with the next. A hit: the film is among the',
    'first ten; or a film whose title is equal but for case, since nobody who types it can mean one of them.',
  );
  let same = 0;
  let equal = 0;
  const times: number[] = [];
  const titles = new Map(documents.map((document) => [document.contentId, document.title.toLowerCase()]));
  for (const { film, typed } of samples) {
    const begun = performance.now();
    const { hits } = await textSearch.search(
      { text: typed, filter: {}, facets: [], sort: 'relevance', maxHits: 10 },
      call,
    );
    times.push(performance.now() - begun);
    const wanted = documents[film];
    if (hits.some((hit) => hit.contentId === wanted?.contentId)) same += 1;
    if (hits.some((hit) => titles.get(hit.contentId) === wanted?.title.toLowerCase())) equal += 1;
  }
  const share = (count: number) => `${((100 * count) / samples.length).toFixed(1)} %`;
  printFigure('typo: a film of that title in the first ten', share(equal), {
    text: 'at least 90 %',
    met: equal >= 0.9 * samples.length,
  });
  printFigure('typo: that very film in the first ten', share(same));
  printFigure('typo: one search after another', timesLine(times));
}
