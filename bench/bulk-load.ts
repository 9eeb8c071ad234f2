import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamodbHotProgramStore } from '../src/adapters/dynamodb/hot-program-store.ts';
import { toItem } from '../src/adapters/dynamodb/hot-programs/program-item.ts';
import { createSystemClock } from '../src/adapters/system/system-clock.ts';
import { openBenchDynamodb } from './support/engines.ts';
import { readFilms, toPrograms } from './support/films.ts';
import type { Contender } from './support/race.ts';
import { race } from './support/race.ts';
import { print, printHeader, printMethod } from './support/report.ts';

/** How fast 36,273 programs go into DynamoDB, each only if it is newer, beside bare puts of the same items. */

const CONCURRENCY = 50;
// Both take turns slice by slice, so that what else the machine does weighs on both alike; twice over the whole.
const SLICES = 12;
const SHARDS = 4;

const call = { signal: new AbortController().signal };

async function measure(): Promise<void> {
  const films = toPrograms(await readFilms());
  const { client, tables, how, close } = await openBenchDynamodb();
  print(`\nDynamoDB: ${how}, ${films.length} programs`);
  const store = createDynamodbHotProgramStore({
    client,
    table: tables.discovery,
    clock: createSystemClock(),
    ids: { next: randomUUID },
    indexShards: SHARDS,
  });
  const size = Math.ceil(films.length / SLICES);
  let version = 0;
  let from = 0;
  const prepare = async (round: number): Promise<void> => {
    version = Math.floor(round / SLICES) + 1;
    from = (round % SLICES) * size;
  };
  const ours: Contender = {
    prepare,
    run: async (index) => {
      const program = films[from + index];
      if (program === undefined) return;
      const { outcome } = await store.put({ ...program, version }, {}, call);
      if (outcome !== 'applied') throw new Error(`${program.programId} was ${outcome}`);
    },
  };
  // Ids of their own: neither finds what the other has put.
  const items = films.map((program) =>
    toItem({ ...program, programId: `bare-${program.programId}` }, undefined, SHARDS),
  );
  const bare: Contender = {
    prepare,
    run: async (index) => {
      const item = items[from + index];
      if (item === undefined) return;
      await client.send(new PutItemCommand({ TableName: tables.discovery, Item: { ...item } }));
    },
  };
  await race(ours, bare, {
    name: 'put-if-newer',
    count: size,
    concurrency: CONCURRENCY,
    rounds: 2 * SLICES - 1,
    goal: 0.7,
  });
  await close();
}

printHeader('Bulk load into DynamoDB');
printMethod(
  `Every film of the Wikipedia lists goes in by HotProgramStore.put, ${CONCURRENCY} at once; the rival is PutItem of the same items`,
  `without a condition, made ready beforehand, by the same client. In turns, ${SLICES} slices of the films, in which the items are new, then the`,
  'same again, which replaces each by its next version. The first slice warms up.',
);
await measure();
