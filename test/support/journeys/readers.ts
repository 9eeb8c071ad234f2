import type { Answered } from './client.ts';
import type { Ledger, Seen } from './ledger.ts';
import type { Work } from './work.ts';
import { seenOf } from './work.ts';
import { DOCUMENTS, PROGRAMS } from './writers.ts';

const BATCH = 10;

/** Reads what the writers of the instance wrote, and judges every answer. */
export function createReader(work: Work): () => Promise<void> {
  return async () => {
    const chance = work.dice.below(10);
    if (chance < 5) await readOne(work, work.programs, PROGRAMS.path);
    else if (chance < 7) await readMany(work);
    else if (chance < 8 || !work.withDocuments) await readPopular(work);
    else await readOne(work, work.documents, DOCUMENTS.path);
  };
}

async function readOne(work: Work, ledger: Ledger, path: string): Promise<void> {
  const keys = ledger.keys();
  if (keys.length === 0) return;
  const id = work.dice.pick(keys);
  const before = ledger.glance(id);
  const answer = await work.client.send('GET', path + id);
  if (before === undefined || !work.isOne(`GET ${id}`, answer, [200, 404])) return;
  work.note(ledger.fault(before, seenOf(answer)));
}

async function readMany({ programs, client, dice, note, isOne }: Work): Promise<void> {
  const keys = programs.keys();
  if (keys.length === 0) return;
  const ids = [...new Set(Array.from({ length: BATCH }, () => dice.pick(keys)))];
  const before = ids.map((id) => programs.glance(id));
  const answer = await client.send('POST', `${PROGRAMS.path}batch-get`, { programIds: ids });
  if (!isOne('batch-get', answer, [200])) return;
  const found = new Map(itemsOf(answer).map((item) => [item.programId, item]));
  for (const glance of before) {
    if (glance !== undefined) note(programs.fault(glance, found.get(glance.key)));
  }
}

/** Programs that the list shows are judged; which it shows follows a little later. */
async function readPopular({ programs, client, note, isOne }: Work): Promise<void> {
  const before = new Map(programs.keys().map((key) => [key, programs.glance(key)]));
  const answer = await client.send('GET', '/v1/discovery/popular?limit=50');
  if (!isOne('popular', answer, [200])) return;
  const items = itemsOf(answer);
  if (items.length === 0) note('popular answered an empty list');
  for (const item of items) {
    const glance = before.get(item.programId);
    const fault = glance && programs.fault(glance, item);
    note(fault && `popular: ${fault}`);
  }
}

type Item = NonNullable<Seen> & { readonly programId: string };

function itemsOf({ body }: Answered): readonly Item[] {
  return (body as { readonly items: readonly Item[] }).items;
}
