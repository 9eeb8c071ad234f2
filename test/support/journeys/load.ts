import { setTimeout as delay } from 'node:timers/promises';
import type { Answered, JourneyClient } from './client.ts';
import { createJourneyClient } from './client.ts';
import type { Dice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import { createReader } from './readers.ts';
import { createNotes } from './work.ts';
import { createWriter, DOCUMENTS, PROGRAMS } from './writers.ts';

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
  /** Default: 2. */
  readonly writers?: number;
  /** Default: 2. */
  readonly readers?: number;
  /** Whether search documents are written and read as well. Default: no. */
  readonly withDocuments?: boolean;
  /** Pause between the requests of a writer or reader. Milliseconds. */
  readonly pauseMs?: number;
  /** Whether an answer that is no success is right all the same. Default: never. */
  readonly isAllowed?: (answer: Answered) => boolean;
}

const NOWHERE = 'http://127.0.0.1:9';

export function startLoad(options: LoadOptions): Load {
  const { dice, name, url, writers = 2, readers = 2, pauseMs = 8, withDocuments = false } = options;
  const client = createJourneyClient(() => url() ?? NOWHERE);
  const { faults, note, isOne } = createNotes(name, options.isAllowed);
  const ledgers = { programs: createLedger(), documents: createLedger() };
  const shared = { client, note, isOne, ...ledgers, withDocuments };
  const works = [
    ...Array.from({ length: writers }, (_, index) =>
      createWriter({ ...shared, dice: dice.fork() }, ledgers.programs, PROGRAMS, `${name}-p${index}`),
    ),
    ...Array.from({ length: readers }, () => createReader({ ...shared, dice: dice.fork() })),
  ];
  if (withDocuments)
    works.push(createWriter({ ...shared, dice: dice.fork() }, ledgers.documents, DOCUMENTS, `${name}-d`));
  const stop = repeat(works, pauseMs, () => url() !== undefined);
  return { client, ...ledgers, faults, stop };
}

function repeat(works: readonly (() => Promise<void>)[], pauseMs: number, isThere: () => boolean) {
  let isStopped = false;
  const running = works.map(async (work) => {
    while (!isStopped) {
      if (isThere()) await work();
      await delay(pauseMs);
    }
  });
  return async (): Promise<void> => {
    isStopped = true;
    await Promise.all(running);
  };
}
