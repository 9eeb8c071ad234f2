import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../src/adapters/dynamodb/hot-programs/program-item.ts';
import { mapAtOnce } from '../src/domain/map-at-once.ts';
import { relayCopies } from '../src/domain/migration/relay.ts';
import type { HotProgramStore } from '../src/ports/hot-program-store.ts';
import { manyDrafts, slicesOf } from './support/many-programs.ts';
import type { BenchMigration } from './support/migration.ts';
import { call, openBenchMigration } from './support/migration.ts';
import { openLoop } from './support/open-loop.ts';
import { print, printFigure, printHeader, printMethod, quantile, timesLine } from './support/report.ts';

/** How far a copy in DynamoDB is behind the catalogue under writes, and how fast a backlog of marks drains. */

const PER_SECOND = 500;
const SECONDS = 20;
/** Writes before the lag is measured: Java compiles the store's code while it runs. */
const WARM_UP = 6000;
const LAG_GOAL_MS = 250;
const BACKLOG = 100_000;
const DRAIN_GOAL = 0.7;
/** As many as the relays of one instance write at once. */
const CONCURRENCY = 64;
const SHARDS = 4;

/** Notes when each copy was written. */
function watched(hot: HotProgramStore, copied: Map<string, number>): HotProgramStore {
  return {
    ...hot,
    async put(program, options, own) {
      const result = await hot.put(program, options, own);
      copied.set(program.programId, performance.now());
      return result;
    },
  };
}

async function warmUp({ cradle, drained }: BenchMigration): Promise<void> {
  for (const slice of slicesOf(manyDrafts(WARM_UP, 'warm-up'), 100)) {
    await mapAtOnce(4, slice, (draft) => cradle.programCatalog.put(draft, { kind: 'any' }, new Date(), call));
    cradle.relays.nudge();
    await drained();
  }
}

async function measureLag({ cradle, drained }: BenchMigration, copied: Map<string, number>): Promise<void> {
  const drafts = manyDrafts(PER_SECOND * SECONDS, 'lag');
  const committed = new Map<string, number>();
  const send = async (draft: (typeof drafts)[number]) => {
    await cradle.programCatalog.put(draft, { kind: 'any' }, new Date(), call);
    committed.set(draft.programId, performance.now());
    cradle.relays.nudge();
  };
  const timed = await openLoop({ requests: drafts, perSecond: PER_SECOND, send });
  await drained();
  // A copy can be there before its writer hears of the commit.
  const lags = [...committed].map(([key, at]) => Math.max(0, (copied.get(key) ?? Number.NaN) - at));
  const writes = timed.map(({ latencyMs }) => latencyMs);
  const p99 = quantile(lags, 0.99);
  printFigure('write, from when it was due', timesLine(writes));
  printFigure('from commit to copy', timesLine(lags), {
    text: `p99 under ${LAG_GOAL_MS} ms`,
    met: p99 < LAG_GOAL_MS,
  });
}

async function measureDrain({ cradle, dynamodb, drained }: BenchMigration): Promise<void> {
  await cradle.relays.stop();
  const drafts = manyDrafts(BACKLOG, 'backlog');
  for (const slice of slicesOf(drafts, 500)) await cradle.programCatalog.putMany(slice, new Date(), call);
  const { pending } = await cradle.outbox.depth('programs', call);
  const begun = performance.now();
  await drainWith(cradle, drained);
  const ours = (1000 * pending) / (performance.now() - begun);
  const bare = await bareRate(dynamodb, drafts);
  printFigure(`${pending} marks drained`, `${Math.round(ours)}/s`);
  printFigure(`bare PutItem of the same items, ${CONCURRENCY} at once`, `${Math.round(bare)}/s`);
  const ratio = ours / bare;
  printFigure('ratio', ratio.toFixed(2), { text: `at least ${DRAIN_GOAL}`, met: ratio >= DRAIN_GOAL });
}

async function drainWith(
  cradle: BenchMigration['cradle'],
  drained: BenchMigration['drained'],
): Promise<void> {
  const { outbox, programCopies: set } = cradle;
  if (set === undefined) throw new Error('the programs have no copy');
  const relay = async (): Promise<void> => {
    while ((await relayCopies({ outbox, set, batch: 500, concurrency: CONCURRENCY / 2 }, call)) > 0);
  };
  await Promise.all([relay(), relay()]);
  await drained();
}

async function bareRate(
  { client, tables }: BenchMigration['dynamodb'],
  drafts: ReturnType<typeof manyDrafts>,
): Promise<number> {
  const at = new Date();
  const items = drafts.map(({ programId, ...draft }) => {
    const measures = { viewCount: 0, popularityScore: 0, ...draft };
    const program = { ...measures, programId: `bare-${programId}`, version: 1, createdAt: at, updatedAt: at };
    return toItem(program, undefined, SHARDS);
  });
  const begun = performance.now();
  await mapAtOnce(CONCURRENCY, items, (Item) =>
    client.send(new PutItemCommand({ TableName: tables.discovery, Item: { ...Item } })),
  );
  return (1000 * items.length) / (performance.now() - begun);
}

printHeader('The relay to DynamoDB');
printMethod(
  `Lag: after ${WARM_UP} creations to warm up, an open loop of ${PER_SECOND} a second for ${SECONDS} s; writers and relays in one process, the`,
  'service nudging its relay after each write; from when the writer hears of the commit to when the copy is confirmed.',
  `Backlog: ${BACKLOG} programs are written while no relay runs, then two relays, as one instance has, drain them; the rival puts the same`,
  `items, made ready beforehand, without any condition, ${CONCURRENCY} at once.`,
);
const copied = new Map<string, number>();
const bench = await openBenchMigration((hot) => watched(hot, copied));
print(`\nPostgres ${bench.database.version}; DynamoDB: ${bench.dynamodb.how}\n`);
try {
  await bench.setPhase('dual-write');
  bench.cradle.relays.start();
  await warmUp(bench);
  await measureLag(bench, copied);
  await measureDrain(bench);
} finally {
  await bench.close();
}
