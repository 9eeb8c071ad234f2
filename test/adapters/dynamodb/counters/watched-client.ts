import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { openDynamo } from '../../../../src/adapters/dynamodb/client.ts';
import type { TestDynamodb } from '../../../support/dynamodb.ts';

export interface WatchedClient {
  readonly client: DynamoDBDocumentClient;
  /** The commands sent since the last asking. */
  drainCalls(): readonly string[];
  /** The write units taken since the last asking, as the capacity middleware says: a failed condition takes some too. */
  drainUnits(): number;
  /** The answer of the next command is lost after it was carried out. */
  loseNextAnswer(): void;
  /** The next command is not carried out and fails with an error of this name. */
  refuseNext(name: string): void;
  /** The next command is not carried out, as a transaction that was cancelled for this reason. */
  cancelNext(code: string): void;
}

export function cancellation(code: string): Error {
  const CancellationReasons = [{ Code: 'None' }, { Code: code }];
  return Object.assign(new Error(code), { name: 'TransactionCanceledException', CancellationReasons });
}

/** A client as the service opens it for counters, that counts what it sends and whose answers can be lost. */
export function openWatchedClient({ endpoint, region }: TestDynamodb): WatchedClient {
  let units = 0;
  const client = openDynamo({
    endpoint,
    region,
    maxAttempts: 1,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    maxConnections: 50,
    onCapacity: ({ writeUnits }) => {
      units += writeUnits;
    },
  });
  let calls: string[] = [];
  let fault: 'lose' | Error | undefined;

  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        calls.push(commandName);
        const present = fault;
        fault = undefined;
        if (present instanceof Error) throw present;
        const sent = next(args);
        if (present === 'lose') {
          await Promise.allSettled([sent]);
          throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
        }
        return sent;
      },
    { step: 'initialize', name: 'watch' },
  );

  return {
    client,
    drainCalls() {
      const drained = calls;
      calls = [];
      return drained;
    },
    drainUnits() {
      const drained = units;
      units = 0;
      return drained;
    },
    loseNextAnswer() {
      fault = 'lose';
    },
    refuseNext(name) {
      fault = Object.assign(new Error(name), { name });
    },
    cancelNext(code) {
      fault = cancellation(code);
    },
  };
}
