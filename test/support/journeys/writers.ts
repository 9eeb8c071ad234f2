import { aDocumentBody, aProgramBody } from './journey-values.ts';
import type { Ledger } from './ledger.ts';
import type { Work } from './work.ts';
import { seenOf } from './work.ts';

/** What is written, and how. */
export interface Written {
  readonly path: string;
  readonly body: (title: string) => object;
  readonly isPatched: boolean;
}

export const PROGRAMS: Written = { path: '/v1/programs/', body: aProgramBody, isPatched: true };
export const DOCUMENTS: Written = { path: '/v1/search/documents/', body: aDocumentBody, isPatched: false };

type Method = 'PUT' | 'PATCH' | 'DELETE';

const KEYS = 30;

/** Writes, changes and deletes keys that nobody else writes, one at a time. */
export function createWriter(
  work: Work,
  ledger: Ledger,
  written: Written,
  prefix: string,
): () => Promise<void> {
  const ids = Array.from({ length: KEYS }, (_, at) => `${prefix}-${at}`);
  let count = 0;
  return async () => {
    const at = work.dice.below(KEYS);
    const id = ids[at] ?? '';
    count += 1;
    const method = ledger.isLive(id) ? nextMethod(work, written) : 'PUT';
    const isDone = await write({ work, ledger, written }, method, id, `${id} #${count}`);
    // Another key takes the place of one that nothing is known of.
    if (!isDone) ids[at] = `${prefix}-${at}-${count}`;
  };
}

function nextMethod({ dice }: Work, { isPatched }: Written): Method {
  const chance = dice.below(10);
  if (chance < 2) return 'DELETE';
  return isPatched && chance < 6 ? 'PATCH' : 'PUT';
}

interface Writing {
  readonly work: Work;
  readonly ledger: Ledger;
  readonly written: Written;
}

async function write(
  { work, ledger, written }: Writing,
  method: Method,
  id: string,
  title: string,
): Promise<boolean> {
  const isDelete = method === 'DELETE';
  ledger.begin(id, isDelete ? 'delete' : 'write');
  const bodies = { PUT: written.body(title), PATCH: { title }, DELETE: undefined };
  const answer = await work.client.send(method, written.path + id, bodies[method]);
  if (!work.isOne(`${method} ${id}`, answer, isDelete ? [204] : [200, 201])) {
    ledger.lost(id);
    return false;
  }
  if (isDelete) ledger.deleted(id);
  else ledger.wrote(id, seenOf(answer)?.version ?? 0, title);
  return true;
}
