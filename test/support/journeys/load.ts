import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, JourneyClient } from './client.ts';
import { createJourneyClient } from './client.ts';
import type { Dice } from './dice.ts';
import { aDocumentBody, aProgramBody } from './journey-values.ts';
import type { Ledger, Seen } from './ledger.ts';
import { createLedger } from './ledger.ts';

/** Writers and readers of one instance, each with its keys, all the time. */
export interface Load {
  readonly client: JourneyClient;
  readonly programs: Ledger;
  readonly documents: Ledger;
  /** Requests that failed and answers that were wrong, at most 20. */
  readonly faults: readonly string[];
  /** Ends after the requests under way. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** Begins the ids of its keys. */
  readonly name: string;
  /** `undefined`: it is not there just now, so nothing is sent. */
  readonly url: () => string | undefined;
  readonly dice: Dice;
  readonly writers?: number;
  readonly readers?: number;
  /** Programs of each writer. */
  readonly keys?: number;
  /** Whether search documents are written and read as well. Default: no. */
  readonly withDocuments?: boolean;
  /** Pause between the requests of a writer or reader. Milliseconds. */
  readonly pauseMs?: number;
  /** Whether an answer that is no success is right all the same. Default: never. */
  readonly isAllowed?: (answer: Exclude<Answer, { outcome: 'lost' }>) => boolean;
}

const PROGRAM = '/v1/programs/';
const DOCUMENT = '/v1/search/documents/';
const MOST_FAULTS = 20;
const BATCH = 10;

export function startLoad(options: LoadOptions): Load {
  const { dice, writers = 2, readers = 2, pauseMs = 8, withDocuments = false } = options;
  const client = createJourneyClient(() => options.url() ?? 'http://127.0.0.1:9');
  const load = { client, programs: createLedger(), documents: createLedger(), faults: [] as string[] };
  const workers = [
    ...Array.from({ length: writers }, (_, index) => writer({ ...options, load, index, own: dice.fork() })),
    ...Array.from({ length: readers }, () => reader({ ...options, load, own: dice.fork() })),
    ...(withDocuments ? [documentWriter({ ...options, load, index: 0, own: dice.fork() })] : []),
  ];
  let isStopped = false;
  const running = workers.map(async (work) => {
    while (!isStopped) {
      if (options.url() !== undefined) await work();
      await delay(pauseMs);
    }
  });
  return {
    ...load,
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}

interface Work extends LoadOptions {
  readonly load: Omit<Load, 'stop'> & { readonly faults: string[] };
  readonly own: Dice;
}

type Writing = Work & { readonly index: number };

function note({ load, name }: Work, fault: string | undefined): void {
  if (fault !== undefined && load.faults.length < MOST_FAULTS) load.faults.push(`${name}: ${fault}`);
}

/** Whether an answer is one of these; what else it is, is noted. */
function isOne(work: Work, request: string, answer: Answer, ...statuses: readonly number[]): boolean {
  if (answer.outcome === 'lost') return false;
  if (statuses.includes(answer.status)) return true;
  if (work.isAllowed?.(answer) !== true) {
    note(work, `${request} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return false;
}

function writer(work: Writing): () => Promise<void> {
  return keyWriter(work, work.load.programs, {
    path: PROGRAM,
    prefix: 'p',
    body: aProgramBody,
    patches: true,
  });
}

function documentWriter(work: Writing): () => Promise<void> {
  return keyWriter(work, work.load.documents, {
    path: DOCUMENT,
    prefix: 'd',
    body: aDocumentBody,
    patches: false,
  });
}

interface Kind {
  readonly path: string;
  readonly prefix: string;
  readonly body: (title: string) => object;
  readonly patches: boolean;
}

function keyWriter(work: Writing, ledger: Ledger, kind: Kind): () => Promise<void> {
  const { own, keys = 30, name, index, load } = work;
  const ids = Array.from({ length: keys }, (_, key) => `${name}-${kind.prefix}${index}-${key}`);
  let count = 0;
  return async () => {
    const at = own.below(keys);
    const id = ids[at] ?? '';
    count += 1;
    const title = `${id} #${count}`;
    const isLive = ledger.isLive(id);
    const chance = own.below(10);
    const method = !isLive || chance < 4 ? 'PUT' : chance < 8 && kind.patches ? 'PATCH' : 'DELETE';
    const isDelete = method === 'DELETE';
    ledger.begin(id, isDelete ? 'delete' : 'write');
    const body = isDelete ? undefined : method === 'PATCH' ? { title } : kind.body(title);
    const answer = await load.client.send(method, kind.path + id, body);
    if (!isOne(work, `${method} ${id}`, answer, isDelete ? 204 : 200, isDelete ? 204 : 201)) {
      ledger.lost(id);
      // Another key takes its place.
      ids[at] = `${name}-${kind.prefix}${index}-${at}-${count}`;
    } else if (isDelete) ledger.deleted(id);
    else ledger.wrote(id, versionOf(answer), title);
  };
}

function versionOf(answer: Answer): number {
  return seenOf(answer.outcome === 'answered' ? answer.body : undefined)?.version ?? 0;
}

function seenOf(body: unknown): Seen {
  return body as Seen;
}

function reader(work: Work): () => Promise<void> {
  return async () => {
    const chance = work.own.below(10);
    if (chance < 5) await readOne(work, work.load.programs, PROGRAM);
    else if (chance < 7) await readMany(work);
    else if (chance < 8 || work.withDocuments !== true) await readPopular(work);
    else await readOne(work, work.load.documents, DOCUMENT);
  };
}

async function readOne(work: Work, ledger: Ledger, path: string): Promise<void> {
  const keys = ledger.keys();
  if (keys.length === 0) return;
  const id = work.own.pick(keys);
  const before = ledger.glance(id);
  const answer = await work.load.client.send('GET', path + id);
  if (before === undefined || !isOne(work, `GET ${id}`, answer, 200, 404)) return;
  if (answer.outcome === 'lost') return;
  note(work, ledger.fault(before, answer.status === 404 ? undefined : seenOf(answer.body)));
}

async function readMany(work: Work): Promise<void> {
  const { programs, client } = work.load;
  const keys = programs.keys();
  if (keys.length === 0) return;
  const ids = [...new Set(Array.from({ length: BATCH }, () => work.own.pick(keys)))];
  const before = ids.map((id) => programs.glance(id));
  const answer = await client.send('POST', '/v1/programs/batch-get', { programIds: ids });
  if (!isOne(work, 'batch-get', answer, 200) || answer.outcome === 'lost') return;
  const { items } = answer.body as { items: readonly (Seen & { programId: string })[] };
  const found = new Map(items.map((item) => [item.programId, item]));
  for (const glance of before) {
    if (glance !== undefined) note(work, programs.fault(glance, found.get(glance.key)));
  }
}

/** Programs that the list shows are judged; which it shows follows a little later. */
async function readPopular(work: Work): Promise<void> {
  const { programs, client } = work.load;
  const before = new Map(programs.keys().map((key) => [key, programs.glance(key)]));
  const answer = await client.send('GET', '/v1/discovery/popular?limit=50');
  if (!isOne(work, 'popular', answer, 200) || answer.outcome === 'lost') return;
  const { items } = answer.body as { items: readonly (Seen & { programId: string })[] };
  if (items.length === 0) note(work, 'popular answered an empty list');
  for (const item of items) {
    const glance = before.get(item.programId);
    const fault = glance && programs.fault(glance, item);
    note(work, fault && `popular: ${fault}`);
  }
}
