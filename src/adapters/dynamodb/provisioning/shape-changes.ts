import type { GlobalSecondaryIndexDescription } from '@aws-sdk/client-dynamodb';
import type { IndexDeclaration, TableDeclaration } from '../tables.ts';
import type { Change, Provisioner } from './change.ts';
import { APPLY_COMMAND, vitalChange } from './change.ts';
import type { TableSettings } from './plan.ts';
import type { TableShape } from './shape.ts';
import { describeKeys, indexesOf } from './shape.ts';
import { toAttributeDefinitions, toGlobalIndex, toKeySchema } from './table-input.ts';
import { updateTable, waitUntilActive } from './table-updates.ts';
import { ttlChanges } from './ttl-changes.ts';

/** How keys, indexes and time to live differ. Without `settings` it only looks: an index is not added then. */
export function shapeChanges(
  table: TableDeclaration,
  shape: TableShape,
  settings?: TableSettings,
): readonly Change[] {
  return [
    ...statusChanges(table, shape),
    ...keyChanges(table, shape),
    ...table.indexes.flatMap((index) => indexChanges(table, index, shape, settings)),
    ...strangeIndexes(table, shape),
    ...ttlChanges(table, shape.ttl),
  ];
}

const USABLE: ReadonlySet<string | undefined> = new Set(['ACTIVE', 'UPDATING']);

function statusChanges({ name }: TableDeclaration, shape: TableShape): readonly Change[] {
  const actual = shape.table.TableStatus;
  if (USABLE.has(actual)) return [];
  const apply = (provisioner: Provisioner) => waitUntilActive(provisioner, name);
  return [{ ...vitalChange(name, 'status', 'ACTIVE', actual ?? 'unknown'), apply }];
}

/** Keys are for ever. */
function keyChanges(table: TableDeclaration, shape: TableShape): readonly Change[] {
  const declared = describeKeys(toKeySchema(table), toAttributeDefinitions(table));
  const actual = describeKeys(shape.table.KeySchema, shape.table.AttributeDefinitions);
  if (declared === actual) return [];
  const mend = `a table's keys can not be changed: configure another table name, then ${APPLY_COMMAND}`;
  return [vitalChange(table.name, 'keys', declared, actual, mend)];
}

function indexChanges(
  table: TableDeclaration,
  index: IndexDeclaration,
  shape: TableShape,
  settings: TableSettings | undefined,
): readonly Change[] {
  const actual = indexesOf(shape).find(({ IndexName }) => IndexName === index.name);
  if (actual === undefined) return [missingIndex(table, index, settings)];
  return [
    ...indexStatusChanges(table, actual),
    ...indexKeyChanges(table, index, actual, shape),
    ...projectionChanges(table, index, actual),
  ];
}

/** One at a time: DynamoDB takes one new index in an UpdateTable, and none while another is being made. */
function missingIndex(
  table: TableDeclaration,
  index: IndexDeclaration,
  settings: TableSettings | undefined,
): Change {
  const declared = describeKeys(toKeySchema(index), toAttributeDefinitions(table));
  const missing = vitalChange(table.name, `index ${index.name}`, declared, 'missing');
  if (settings === undefined) return missing;
  // The definitions of all declared keys, of indexes to come as well, would be refused.
  const AttributeDefinitions = toAttributeDefinitions({ ...table, indexes: [index] });
  const GlobalSecondaryIndexUpdates = [{ Create: toGlobalIndex(index, settings) }];
  const input = { TableName: table.name, AttributeDefinitions, GlobalSecondaryIndexUpdates };
  return { ...missing, apply: (provisioner) => updateTable(provisioner, input) };
}

function indexStatusChanges(
  { name }: TableDeclaration,
  actual: GlobalSecondaryIndexDescription,
): readonly Change[] {
  if (USABLE.has(actual.IndexStatus)) return [];
  const apply = (provisioner: Provisioner) => waitUntilActive(provisioner, name);
  const status = actual.IndexStatus ?? 'unknown';
  return [{ ...vitalChange(name, `status of index ${actual.IndexName}`, 'ACTIVE', status), apply }];
}

function indexKeyChanges(
  table: TableDeclaration,
  index: IndexDeclaration,
  actual: GlobalSecondaryIndexDescription,
  shape: TableShape,
): readonly Change[] {
  const declaredKeys = describeKeys(toKeySchema(index), toAttributeDefinitions(table));
  const actualKeys = describeKeys(actual.KeySchema, shape.table.AttributeDefinitions);
  if (declaredKeys === actualKeys) return [];
  const what = `keys of index ${index.name}`;
  return [vitalChange(table.name, what, declaredKeys, actualKeys, replaceIndex(table, index))];
}

function projectionChanges(
  table: TableDeclaration,
  index: IndexDeclaration,
  actual: GlobalSecondaryIndexDescription,
): readonly Change[] {
  const { ProjectionType, NonKeyAttributes = [] } = actual.Projection ?? {};
  const isAll = ProjectionType === 'ALL';
  const declared = describeProjection(index.projected);
  const projected = describeProjection(isAll ? 'all' : NonKeyAttributes);
  if (declared === projected) return [];
  const isEnough =
    isAll || (index.projected !== 'all' && index.projected.every((name) => NonKeyAttributes.includes(name)));
  const what = `projection of index ${index.name}`;
  // An index that carries too much costs more and serves as well; one that carries too little gives wrong answers.
  return [
    { ...vitalChange(table.name, what, declared, projected, replaceIndex(table, index)), isVital: !isEnough },
  ];
}

function describeProjection(projected: IndexDeclaration['projected']): string {
  return projected === 'all' ? 'everything' : projected.toSorted().join(', ') || 'keys only';
}

function replaceIndex(table: TableDeclaration, index: IndexDeclaration): string {
  const deletion = `aws dynamodb update-table --table-name ${table.name} --global-secondary-index-updates '[{"Delete":{"IndexName":"${index.name}"}}]'`;
  return `an index can not be changed: delete it while nothing reads it (${deletion}), then ${APPLY_COMMAND}`;
}

function strangeIndexes(table: TableDeclaration, shape: TableShape): readonly Change[] {
  const declared = new Set<string | undefined>(table.indexes.map(({ name }) => name));
  const strange = indexesOf(shape).filter(({ IndexName }) => !declared.has(IndexName));
  return strange.map(({ IndexName, KeySchema }) => ({
    ...vitalChange(
      table.name,
      `index ${IndexName}`,
      'none',
      describeKeys(KeySchema, shape.table.AttributeDefinitions),
    ),
    isVital: false,
    mend: 'nothing is deleted here: delete it yourself if nothing else reads it',
  }));
}
