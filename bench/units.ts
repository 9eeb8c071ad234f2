import { randomUUID } from 'node:crypto';
import { createDynamodbActivityStore } from '../src/adapters/dynamodb/activity-store.ts';
import { createDynamodbCounterStore } from '../src/adapters/dynamodb/counter-store.ts';
import { createDynamodbHotProgramStore } from '../src/adapters/dynamodb/hot-program-store.ts';
import { createDynamodbSearchIndex } from '../src/adapters/dynamodb/search-index.ts';
import { createSystemClock } from '../src/adapters/system/system-clock.ts';
import type { Program } from '../src/domain/program/program.ts';
import { toCard } from '../src/domain/program/program-card.ts';
import { projectStates } from '../src/domain/search/project-program.ts';
import type { View } from '../src/ports/activity-store.ts';
import type { CapacityUse } from '../src/ports/telemetry.ts';
import type { BenchDynamodb } from './support/engines.ts';
import { openBenchDynamodb } from './support/engines.ts';
import { readFilms, toPrograms } from './support/films.ts';
import type { GuideDesign } from './support/guide-design.ts';
import { createGuideDesign } from './support/guide-design.ts';
import { print, printFigure, printHeader, printMethod } from './support/report.ts';

/** What each call costs in read and write units, beside the design of the platform's integration guide. */

const FILMS = 5000;
const SHARDS = 4;
const AT_ONCE = 25;
const CATEGORY = 'Drama';
const WINDOW = { algorithm: 'fixed-window', windowMs: 3_600_000 } as const;

const call = { signal: new AbortController().signal };
let used: CapacityUse[] = [];

interface Units {
  readonly read: number;
  readonly write: number;
}

interface Goal {
  readonly kind: keyof Units;
  readonly most: number;
}

interface Row {
  readonly name: string;
  readonly ours: () => Promise<unknown>;
  readonly guide?: () => Promise<unknown>;
  readonly goals?: readonly Goal[];
}

async function unitsOf(run: () => Promise<unknown>): Promise<Units> {
  used = [];
  await run();
  const sum = (kind: 'readUnits' | 'writeUnits') => used.reduce((total, use) => total + use[kind], 0);
  return { read: sum('readUnits'), write: sum('writeUnits') };
}

function createStores({ client, tables }: BenchDynamodb) {
  const clock = createSystemClock();
  const ids = { next: randomUUID };
  const common = { client, clock, ids, indexShards: SHARDS };
  return {
    hot: createDynamodbHotProgramStore({ ...common, table: tables.discovery }),
    counters: createDynamodbCounterStore({ client, clock, table: tables.rateLimits }),
    searchIndex: createDynamodbSearchIndex({ client, table: tables.search, indexShards: SHARDS }),
    activity: createDynamodbActivityStore({ ...common, table: tables.activity }),
  };
}

type Stores = ReturnType<typeof createStores>;

async function load(
  { hot, searchIndex }: Stores,
  guide: GuideDesign,
  films: readonly Program[],
): Promise<void> {
  const { documents } = projectStates(films.map((program) => ({ deleted: false, program })));
  await searchIndex.project(documents, call);
  for (let from = 0; from < films.length; from += AT_ONCE) {
    const part = films.slice(from, from + AT_ONCE);
    await Promise.all(part.map((program) => hot.put(program, {}, call)));
    await Promise.all(part.flatMap((program) => [guide.putProgram(program), guide.indexContent(program)]));
  }
  const top = films.toSorted((a, b) => b.popularityScore - a.popularityScore);
  await hot.saveList('popular', top.slice(0, 1000).map(toCard), 3_600_000, call);
  await guide.cachePopular(top.slice(0, 50));
}

function hotRows({ hot }: Stores, guide: GuideDesign, film: Program): readonly Row[] {
  const next = { ...film, version: film.version + 1, viewCount: film.viewCount + 1 };
  const risen = { ...next, version: next.version + 1, popularityScore: film.popularityScore + 1 };
  return [
    {
      name: 'popular(50)',
      ours: () => hot.list('popular', { offset: 0, limit: 50 }, call),
      guide: () => guide.getPopular(),
      goals: [{ kind: 'read', most: 2 }],
    },
    { name: 'popular(1000)', ours: () => hot.list('popular', { offset: 0, limit: 1000 }, call) },
    {
      name: 'program by id',
      ours: () => hot.get(film.programId, call),
      guide: () => guide.getProgram(film.programId),
      goals: [{ kind: 'read', most: 0.5 }],
    },
    {
      name: `top 20 of a category (${CATEGORY})`,
      ours: () => hot.topByCategory(CATEGORY, 20, undefined, call),
      guide: () => guide.getTrendingByCategory(CATEGORY),
      goals: [{ kind: 'read', most: 5 }],
    },
    {
      name: 'write a program, same score',
      ours: () => hot.put(next, {}, call),
      guide: () => guide.putProgram(next),
    },
    {
      name: 'write a program, another score',
      ours: () => hot.put(risen, {}, call),
      guide: () => guide.putProgram(risen),
    },
  ];
}

function otherRows(
  { counters, searchIndex, activity }: Stores,
  guide: GuideDesign,
  film: Program,
): readonly Row[] {
  const check = (limit: number) =>
    counters.consume({ key: 'user:1', policy: { ...WINDOW, limit }, cost: 1 }, call);
  const { category, language, contentType } = film;
  const view: View = {
    programId: film.programId,
    userId: 'ann',
    eventId: randomUUID(),
    occurredAt: new Date(),
    attributes: { category, language, contentType },
  };
  const oneWrite: readonly Goal[] = [
    { kind: 'write', most: 1 },
    { kind: 'read', most: 0 },
  ];
  return [
    {
      name: 'rate-limit check, allowed',
      ours: () => check(1000),
      guide: () => guide.checkRateLimit('user:1', 1000),
      goals: oneWrite,
    },
    {
      name: 'rate-limit check, denied',
      ours: () => check(1),
      guide: () => guide.checkRateLimit('user:1', 1),
      goals: oneWrite,
    },
    {
      name: `search documents of a category, 20 (${CATEGORY})`,
      ours: () => searchIndex.list({ filter: { category: CATEGORY }, limit: 20 }, call),
      guide: () => guide.searchByCategory(CATEGORY),
    },
    { name: 'search document by id (consistent)', ours: () => searchIndex.get(film.programId, call) },
    { name: 'a view of a viewer', ours: () => activity.recordViews([view], call) },
    {
      name: 'trending(20)',
      ours: () => activity.trending({ window: '24h', filter: {}, limit: 20 }, call),
    },
    { name: 'recently viewed(20)', ours: () => activity.recentlyViewed('ann', 20, undefined, call) },
  ];
}

async function measure(): Promise<void> {
  const films = toPrograms(await readFilms()).slice(0, FILMS);
  const dynamodb = await openBenchDynamodb((use) => void used.push(use));
  const guide = await createGuideDesign(dynamodb.client, `guide-${randomUUID()}`);
  const stores = createStores(dynamodb);
  await load(stores, guide, films);
  const film = films.find(({ category }) => category === CATEGORY);
  if (film === undefined) throw new Error(`no film is a ${CATEGORY}`);
  // The first check of a window makes the counter; from then on it is the steady state.
  await stores.counters.consume({ key: 'user:1', policy: { ...WINDOW, limit: 1000 }, cost: 1 }, call);
  await guide.checkRateLimit('user:1', 1000);
  await warmActivity(stores, films);
  print(`\nDynamoDB: ${dynamodb.how}, ${films.length} films, ${SHARDS} index shards\n`);
  print('| call | ours: read units | write units | the guide: read units | write units |');
  print('|---|---|---|---|---|');
  const figures: (() => void)[] = [];
  for (const row of [...hotRows(stores, guide, film), ...otherRows(stores, guide, film)]) {
    figures.push(...(await printRow(row)));
  }
  print('');
  for (const figure of figures) figure();
  await guide.drop();
  await dynamodb.close();
}

/** Trends of a hundred programs, a viewer who saw 30 of them. */
async function warmActivity({ activity }: Stores, films: readonly Program[]): Promise<void> {
  const views = films.slice(0, 100).map(({ programId, category, language, contentType }, index): View => {
    const attributes = { category, language, contentType };
    const viewer = index < 30 ? { userId: 'ann' } : {};
    return { programId, occurredAt: new Date(Date.now() - index * 60_000), attributes, ...viewer };
  });
  await activity.recordViews(views, call);
}

async function printRow({ name, ours, guide, goals = [] }: Row): Promise<readonly (() => void)[]> {
  const units = await unitsOf(ours);
  const theirs = guide && (await unitsOf(guide));
  print(`| ${name} | ${units.read} | ${units.write} | ${theirs?.read ?? ''} | ${theirs?.write ?? ''} |`);
  return goals.map(({ kind, most }) => () => {
    const goal = { text: `at most ${most}`, met: units[kind] <= most };
    printFigure(`${name}, ${kind} units`, String(units[kind]), goal);
  });
}

printHeader('Read and write units of each call on DynamoDB');
printMethod(
  'Units as DynamoDB reports them (ReturnConsumedCapacity), taken by the capacity middleware: a failed condition, for which it reports',
  'none, counts as one write unit for each KB. The guide stands for the integration guide as written, with only what could not run put',
  'right. A view is a transaction over event, program and indexes; the group commit shares its program part among the views of one batch.',
);
await measure();
