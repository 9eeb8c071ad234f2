import type {
  GlobalSecondaryIndexUpdate,
  OnDemandThroughput,
  ProvisionedThroughputDescription,
  UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Change } from './change.ts';
import { APPLY_COMMAND } from './change.ts';
import type { ProvisionedBilling, TablePlan, TableSettings, UnitRange } from './plan.ts';
import { rangesOf } from './plan.ts';
import type { TableShape } from './shape.ts';
import { indexesOf } from './shape.ts';
import { throughputOf } from './table-input.ts';
import { updateTable } from './table-updates.ts';

/** How billing mode, caps and capacity differ, of the table and of the declared indexes that are there. */
export function billingChanges(plan: TablePlan, shape: TableShape): readonly Change[] {
  const { billing } = plan.settings;
  // A table that has never been anything else has no summary.
  const actual = shape.table.BillingModeSummary?.BillingMode ?? 'PROVISIONED';
  if (billing.mode !== actual) return [modeChange(plan, shape, actual)];
  return partsOf(plan, shape).flatMap((part) =>
    billing.mode === 'PROVISIONED' ? unitsChange(plan, part, billing) : capsChange(plan, part),
  );
}

/** The table itself, or one of its indexes. */
interface Part {
  readonly index: string | undefined;
  readonly caps: OnDemandThroughput | undefined;
  readonly units: ProvisionedThroughputDescription | undefined;
}

function partsOf({ table }: TablePlan, shape: TableShape): readonly Part[] {
  const declared = new Set<string | undefined>(table.indexes.map(({ name }) => name));
  const indexes = indexesOf(shape).filter(({ IndexName }) => declared.has(IndexName));
  const all = [{ ...shape.table, IndexName: undefined }, ...indexes];
  return all.map(({ IndexName, OnDemandThroughput, ProvisionedThroughput }) => ({
    index: IndexName,
    caps: OnDemandThroughput,
    units: ProvisionedThroughput,
  }));
}

/** To provisioned capacity, every index needs its units in the same call, those that nobody declared included. */
function modeChange({ table, settings }: TablePlan, shape: TableShape, actual: string): Change {
  const { mode } = settings.billing;
  const updates = indexesOf(shape).map(({ IndexName }) => ({
    Update: { IndexName, ...throughputOf(settings, IndexName) },
  }));
  const input: UpdateTableCommandInput = {
    TableName: table.name,
    BillingMode: mode,
    ...throughputOf(settings),
    ...(updates.length > 0 && hasThroughput(settings) && { GlobalSecondaryIndexUpdates: updates }),
  };
  return billingChange(table.name, 'billing', mode, actual, input);
}

function hasThroughput(settings: TableSettings): boolean {
  return Object.keys(throughputOf(settings)).length > 0;
}

function capsChange({ table, settings }: TablePlan, { index, caps }: Part): readonly Change[] {
  const declared = throughputOf(settings).OnDemandThroughput ?? {
    MaxReadRequestUnits: -1,
    MaxWriteRequestUnits: -1,
  };
  if (describeCaps(declared) === describeCaps(caps)) return [];
  const input = inputFor(table.name, index, { OnDemandThroughput: declared });
  const what = `caps of ${partName(index)}`;
  return [billingChange(table.name, what, describeCaps(declared), describeCaps(caps), input)];
}

function describeCaps(caps: OnDemandThroughput | undefined): string {
  const describe = (units: number | undefined) => (units === undefined || units === -1 ? 'any' : units);
  return `${describe(caps?.MaxReadRequestUnits)} read units, ${describe(caps?.MaxWriteRequestUnits)} write units`;
}

/** Scaling moves the units about within their range; only what is out of it differs. */
function unitsChange(
  { table }: TablePlan,
  { index, units }: Part,
  billing: ProvisionedBilling,
): readonly Change[] {
  const { read, write } = rangesOf(billing, index);
  const actual = [units?.ReadCapacityUnits ?? 0, units?.WriteCapacityUnits ?? 0] as const;
  const wanted = [within(read, actual[0]), within(write, actual[1])] as const;
  if (wanted[0] === actual[0] && wanted[1] === actual[1]) return [];
  const declared = `${read.min} to ${read.max} read units, ${write.min} to ${write.max} write units`;
  const ProvisionedThroughput = { ReadCapacityUnits: wanted[0], WriteCapacityUnits: wanted[1] };
  const input = inputFor(table.name, index, { ProvisionedThroughput });
  const found = `${actual[0]} read units, ${actual[1]} write units`;
  return [billingChange(table.name, `units of ${partName(index)}`, declared, found, input)];
}

function within({ min, max }: UnitRange, units: number): number {
  return Math.min(max, Math.max(min, units));
}

function partName(index: string | undefined): string {
  return index === undefined ? 'the table' : `index ${index}`;
}

type Throughput = Pick<UpdateTableCommandInput, 'OnDemandThroughput' | 'ProvisionedThroughput'>;

function inputFor(table: string, index: string | undefined, throughput: Throughput): UpdateTableCommandInput {
  if (index === undefined) return { TableName: table, ...throughput };
  const update: GlobalSecondaryIndexUpdate = { Update: { IndexName: index, ...throughput } };
  return { TableName: table, GlobalSecondaryIndexUpdates: [update] };
}

function billingChange(
  table: string,
  what: string,
  declared: string,
  actual: string,
  input: UpdateTableCommandInput,
): Change {
  return {
    ...{ table, what, declared, actual, mend: APPLY_COMMAND, isVital: false },
    apply: (provisioner) => updateTable(provisioner, input),
  };
}
