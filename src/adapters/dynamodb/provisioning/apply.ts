import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { withStoreErrors } from '../store-errors.ts';
import { billingChanges } from './billing-changes.ts';
import type { Change, Difference, Provisioner } from './change.ts';
import { missingTable, toDifference } from './change.ts';
import type { TablePlan } from './plan.ts';
import { safeguardChanges } from './safeguards.ts';
import { scalingChanges } from './scaling-changes.ts';
import type { TableShape } from './shape.ts';
import { readShape } from './shape.ts';
import { shapeChanges } from './shape-changes.ts';
import { createTableInput } from './table-input.ts';
import { isNamed, waitUntilActive } from './table-updates.ts';

export interface Applied {
  /** What was changed, in that order. */
  readonly changed: readonly Difference[];
  /** What can not be changed in place: each says what to do. */
  readonly remaining: readonly Difference[];
}

/** Where the tables differ from what is declared; nothing when they are as declared. Changes nothing. */
export async function diffTables(
  provisioner: Provisioner,
  plans: readonly TablePlan[],
): Promise<readonly Difference[]> {
  const changes: Change[] = [];
  for (const plan of plans) {
    const shape = await readShape(provisioner, plan.table.name);
    changes.push(
      ...(shape === undefined ? [missingTable(plan.table)] : await changesOf(provisioner, plan, shape)),
    );
  }
  return changes.map(toDifference);
}

/**
 * Makes the tables as declared: creates what is missing and brings the rest up to date, table by table, since DynamoDB makes one
 * table with indexes at a time. Again and again it changes nothing more; one that was cut short goes on where it stopped.
 * Nothing is ever deleted.
 */
export async function applyTables(provisioner: Provisioner, plans: readonly TablePlan[]): Promise<Applied> {
  const changed: Difference[] = [];
  const remaining: Difference[] = [];
  for (const plan of plans) {
    const { name } = plan.table;
    if ((await readShape(provisioner, name)) === undefined)
      changed.push(await createTable(provisioner, plan));
    await waitUntilActive(provisioner, name);
    for (const change of await changesOfTable(provisioner, plan)) {
      (change.apply === undefined ? remaining : changed).push(toDifference(change));
      if (change.apply === undefined) continue;
      provisioner.onProgress?.({ table: name, step: `${change.what}: ${change.declared}` });
      await change.apply(provisioner);
    }
  }
  return { changed, remaining };
}

async function createTable(provisioner: Provisioner, plan: TablePlan): Promise<Difference> {
  const { client, call, onProgress } = provisioner;
  onProgress?.({ table: plan.table.name, step: 'create' });
  await withStoreErrors(
    () => client.send(new CreateTableCommand(createTableInput(plan)), { abortSignal: call.signal }),
    call,
  ).catch((error: unknown) => {
    // Somebody else made it in this moment; whatever differs is found next.
    if (!isNamed(error, 'ResourceInUseException')) throw error;
  });
  onProgress?.({ table: plan.table.name, step: 'wait until it is active' });
  return toDifference(missingTable(plan.table));
}

async function changesOfTable(provisioner: Provisioner, plan: TablePlan): Promise<readonly Change[]> {
  const shape = await readShape(provisioner, plan.table.name);
  return shape === undefined ? [missingTable(plan.table)] : changesOf(provisioner, plan, shape);
}

/** In the order in which they are made: what serving relies on comes first, scaling needs the units that it scales. */
async function changesOf(
  provisioner: Provisioner,
  plan: TablePlan,
  shape: TableShape,
): Promise<readonly Change[]> {
  return [
    ...billingChanges(plan, shape),
    ...shapeChanges(plan.table, shape, plan.settings),
    ...(await safeguardChanges(provisioner, plan, shape.table)),
    ...(await scalingChanges(provisioner, plan)),
  ];
}
