import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { itemBytes } from './item-size.ts';

interface FailedWrite {
  readonly table: string;
  readonly writeUnits: number;
}

type Item = Readonly<Record<string, AttributeValue>>;

/**
 * The write units of a write whose condition failed, which DynamoDB takes and does not tell: one for each KB of the item that
 * is stored, at least one, twice that in a transaction (Developer Guide, "Read and write operations"). The item is known
 * when the write asked for `ALL_OLD`; without it the least is reckoned. Nothing for any other error.
 */
export function estimateFailedWrites(input: object, error: unknown): readonly FailedWrite[] {
  if (error instanceof ConditionalCheckFailedException) return failedWrite(input, error);
  return error instanceof TransactionCanceledException ? cancelledWrites(input, error) : [];
}

function failedWrite(
  input: { readonly TableName?: string },
  error: ConditionalCheckFailedException,
): readonly FailedWrite[] {
  return [{ table: input.TableName ?? '', writeUnits: writeUnitsOf(error.Item) }];
}

interface Transaction {
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName?: string }>>[];
}

/** Units of the actions of a table are added up. A transaction that was throttled, or conflicted, is not counted. */
function cancelledWrites(input: Transaction, error: TransactionCanceledException): readonly FailedWrite[] {
  const reasons = error.CancellationReasons ?? [];
  if (!reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return [];
  const units = new Map<string, number>();
  for (const [position, action] of (input.TransactItems ?? []).entries()) {
    const table = Object.values(action)[0]?.TableName ?? '';
    units.set(table, (units.get(table) ?? 0) + 2 * writeUnitsOf(reasons[position]?.Item));
  }
  return [...units].map(([table, writeUnits]) => ({ table, writeUnits }));
}

function writeUnitsOf(item: Item | undefined): number {
  return item === undefined ? 1 : Math.max(1, Math.ceil(itemBytes(item) / 1024));
}
