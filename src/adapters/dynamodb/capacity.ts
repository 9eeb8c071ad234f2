import type { Capacity, ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { estimateFailedWrites } from './failed-writes.ts';

/** What one call consumed of one table, or of one of its indexes. */
export interface CapacityUse {
  readonly table: string;
  /** Absent: the table itself. */
  readonly index: string | undefined;
  /** The name of the operation in DynamoDB's API, such as `UpdateItem`. */
  readonly operation: string;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests that the call took. The units are those of the last one. */
  readonly attempts: number;
  /** Reckoned from the size of the items: DynamoDB does not tell what a failed condition consumed. */
  readonly isEstimated: boolean;
}

/** A request that DynamoDB had no capacity for, whether or not a later attempt went through. */
export interface Throttling {
  readonly operation: string;
  /** The name of the error. */
  readonly error: string;
  /** Such as `TableWriteKeyRangeThroughputExceeded`, with the ARN of the table or index. Older servers give none. */
  readonly reasons: readonly { readonly reason: string; readonly resource: string }[];
}

/** Hears what calls consume. Must not throw. */
export interface CapacityObserver {
  readonly onCapacity?: (use: CapacityUse) => void;
  readonly onThrottled?: (throttling: Throttling) => void;
}

/** Tells the observer what each call for data consumes: every answer then carries `ConsumedCapacity`. */
export function observeCapacity(client: DynamoDBClient, observer: CapacityObserver): void {
  const { onCapacity, onThrottled } = observer;
  if (onCapacity !== undefined) observeUse(client, onCapacity);
  if (onThrottled !== undefined) observeThrottling(client, onThrottled);
}

const DATA_COMMAND =
  /^((?:Get|Put|Update|Delete)Item|Query|Scan|Batch(?:Get|Write)Item|Transact(?:Get|Write)Items)Command$/;

function observeUse(client: DynamoDBClient, onCapacity: (use: CapacityUse) => void): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const operation = DATA_COMMAND.exec(commandName ?? '')?.[1];
        if (operation === undefined) return next(args);
        const input = { ReturnConsumedCapacity: 'INDEXES' as const, ...args.input };
        try {
          const result = await next({ ...args, input });
          for (const use of usesOf(operation, result.output)) onCapacity(use);
          return result;
        } catch (error) {
          for (const use of failedUsesOf(operation, input, error)) onCapacity(use);
          throw error;
        }
      },
    { step: 'initialize', name: 'observeCapacity', priority: 'high' },
  );
}

interface Answer {
  readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
  readonly $metadata?: { readonly attempts?: number };
}

function usesOf(operation: string, output: unknown): readonly CapacityUse[] {
  const { ConsumedCapacity = [], $metadata } = output as Answer;
  const attempts = $metadata?.attempts ?? 1;
  return [ConsumedCapacity].flat().flatMap((consumed) => {
    const table = consumed.TableName ?? '';
    const indexes = { ...consumed.GlobalSecondaryIndexes, ...consumed.LocalSecondaryIndexes };
    const parts = [[undefined, consumed.Table] as const, ...Object.entries(indexes)];
    return parts
      .map(([index, units]) => ({
        ...{ table, index, operation, attempts, isEstimated: false },
        ...unitsOf(operation, units ?? {}),
      }))
      .filter(({ readUnits, writeUnits }) => readUnits > 0 || writeUnits > 0);
  });
}

const READING = /Get|Query|Scan/;

/** Only transactions are told apart into units read and units written; elsewhere the operation says which they are. */
function unitsOf(operation: string, units: Capacity): Pick<CapacityUse, 'readUnits' | 'writeUnits'> {
  const { CapacityUnits = 0, ReadCapacityUnits, WriteCapacityUnits } = units;
  if (ReadCapacityUnits !== undefined || WriteCapacityUnits !== undefined)
    return { readUnits: ReadCapacityUnits ?? 0, writeUnits: WriteCapacityUnits ?? 0 };
  return READING.test(operation)
    ? { readUnits: CapacityUnits, writeUnits: 0 }
    : { readUnits: 0, writeUnits: CapacityUnits };
}

function failedUsesOf(operation: string, input: object, error: unknown): readonly CapacityUse[] {
  const attempts = (error as Answer).$metadata?.attempts ?? 1;
  return estimateFailedWrites(input, error).map(({ table, writeUnits }) => ({
    ...{ table, index: undefined, operation, readUnits: 0, writeUnits },
    ...{ attempts, isEstimated: true },
  }));
}

interface ThrottlingError extends Error {
  /** With a capital in two errors and without one in the third (client-dynamodb 3.1164, models/errors). */
  readonly ThrottlingReasons?: readonly { readonly reason?: string; readonly resource?: string }[];
  readonly throttlingReasons?: ThrottlingError['ThrottlingReasons'];
}

const THROTTLED = /^(ProvisionedThroughputExceededException|RequestLimitExceeded|Throttling(Exception)?)$/;

/** Sees every attempt, so also what a retry hides from the caller. */
function observeThrottling(client: DynamoDBClient, onThrottled: (throttling: Throttling) => void): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (error instanceof Error && THROTTLED.test(error.name))
            onThrottled({
              operation: commandName.replace(/Command$/, ''),
              error: error.name,
              reasons: reasonsOf(error),
            });
          throw error;
        }
      },
    { step: 'finalizeRequest', name: 'observeThrottling', priority: 'low' },
  );
}

function reasonsOf(error: ThrottlingError): Throttling['reasons'] {
  const reasons = error.ThrottlingReasons ?? error.throttlingReasons ?? [];
  return reasons.map(({ reason = '', resource = '' }) => ({ reason, resource }));
}
