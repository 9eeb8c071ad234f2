import type {
  AttributeDefinition,
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  OnDemandThroughput,
  Projection,
  ProvisionedThroughput,
  Tag,
} from '@aws-sdk/client-dynamodb';
import type { IndexDeclaration, KeyAttribute, TableDeclaration } from '../tables.ts';
import type { TablePlan, TableSettings } from './plan.ts';
import { rangesOf } from './plan.ts';

/** What CreateTable is told. Time to live and point-in-time recovery are not among it: the API takes them once the table is there. */
export function createTableInput({ table, settings }: TablePlan): CreateTableCommandInput {
  const { deletionProtection, billing } = settings;
  const tags = toTags(settings.tags);
  return {
    TableName: table.name,
    KeySchema: toKeySchema(table),
    AttributeDefinitions: toAttributeDefinitions(table),
    ...(table.indexes.length > 0 && {
      GlobalSecondaryIndexes: table.indexes.map((index) => toGlobalIndex(index, settings)),
    }),
    BillingMode: billing.mode,
    ...throughputOf(settings),
    DeletionProtectionEnabled: deletionProtection,
    ...(tags.length > 0 && { Tags: tags }),
  };
}

interface Keyed {
  readonly hashKey: KeyAttribute;
  readonly rangeKey?: KeyAttribute;
}

export function toKeySchema({ hashKey, rangeKey }: Keyed): KeySchemaElement[] {
  const hash = { AttributeName: hashKey.name, KeyType: 'HASH' } as const;
  return rangeKey === undefined ? [hash] : [hash, { AttributeName: rangeKey.name, KeyType: 'RANGE' }];
}

/** The key attributes and no others: DynamoDB refuses a definition that no key uses. */
export function toAttributeDefinitions(table: TableDeclaration): AttributeDefinition[] {
  const keys = [table, ...table.indexes].flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey ?? hashKey]);
  const types = new Map(keys.map(({ name, type }) => [name, type]));
  return [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type }));
}

export function toGlobalIndex(index: IndexDeclaration, settings: TableSettings): GlobalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: toKeySchema(index),
    Projection: toProjection(index),
    ...throughputOf(settings, index.name),
  };
}

function toProjection({ projected }: IndexDeclaration): Projection {
  if (projected === 'all') return { ProjectionType: 'ALL' };
  if (projected.length === 0) return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projected] };
}

interface Throughput {
  readonly OnDemandThroughput?: OnDemandThroughput;
  readonly ProvisionedThroughput?: ProvisionedThroughput;
}

/** Caps of requests, or the units that scaling starts from: of the table, or of one of its indexes. */
export function throughputOf({ billing }: TableSettings, index?: string): Throughput {
  if (billing.mode === 'PROVISIONED') {
    const { read, write } = rangesOf(billing, index);
    return { ProvisionedThroughput: { ReadCapacityUnits: read.min, WriteCapacityUnits: write.min } };
  }
  const { maxReadUnits, maxWriteUnits } = billing;
  if (maxReadUnits === undefined && maxWriteUnits === undefined) return {};
  // -1 is how the API says "no cap"; DynamoDB Local wants both.
  return {
    OnDemandThroughput: {
      MaxReadRequestUnits: maxReadUnits ?? -1,
      MaxWriteRequestUnits: maxWriteUnits ?? -1,
    },
  };
}

export function toTags(tags: TableSettings['tags']): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
