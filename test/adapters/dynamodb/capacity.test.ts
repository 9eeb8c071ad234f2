import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CapacityUse, Throttling } from '../../../src/adapters/dynamodb/capacity.ts';
import { openDynamo } from '../../../src/adapters/dynamodb/client.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { answerError, answerJson, useFakeAws } from '../../support/fake-aws.ts';

const LIMITS = { connectTimeoutMs: 5000, requestTimeoutMs: 5000, maxConnections: 4 };

describe('consumed capacity, on the engine', () => {
  const dynamodb = useDynamodb();
  let uses: CapacityUse[] = [];
  let client: DynamoDBDocumentClient;

  beforeEach(() => {
    const { endpoint, region } = dynamodb();
    uses = [];
    client = openDynamo({ region, endpoint, maxAttempts: 1, ...LIMITS, onCapacity: (use) => uses.push(use) });
  });
  afterEach(() => client.destroy());

  const table = () => dynamodb().tables.discovery;
  const program = (programId: string, bytes = 0) => ({
    ...{ programId, category: 'drama#0', popularityScore: 1, title: 'x'.repeat(bytes) },
  });
  const used = (use: Partial<CapacityUse>) => ({
    ...{ table: table(), index: undefined, readUnits: 0, writeUnits: 0, attempts: 1, isEstimated: false },
    ...use,
  });

  it('of a put is told for the table and each index it reaches', async () => {
    await client.send(new PutCommand({ TableName: table(), Item: program('put', 1500) }));
    expect(uses).toEqual([
      used({ operation: 'PutItem', writeUnits: 2 }),
      used({ operation: 'PutItem', index: 'CategoryIndex', writeUnits: 2 }),
    ]);
  });

  it('of reads is told in read units, half of one when a read may be stale', async () => {
    await client.send(new PutCommand({ TableName: table(), Item: program('read') }));
    uses = [];
    const Key = { programId: 'read' };
    await client.send(new GetCommand({ TableName: table(), Key }));
    await client.send(new GetCommand({ TableName: table(), Key, ConsistentRead: true }));
    await client.send(new BatchGetCommand({ RequestItems: { [table()]: { Keys: [Key] } } }));
    await client.send(new TransactGetCommand({ TransactItems: [{ Get: { TableName: table(), Key } }] }));
    expect(uses).toEqual([
      used({ operation: 'GetItem', readUnits: 0.5 }),
      used({ operation: 'GetItem', readUnits: 1 }),
      used({ operation: 'BatchGetItem', readUnits: 0.5 }),
      used({ operation: 'TransactGetItems', readUnits: 2 }),
    ]);
  });

  it('of a query is told for the index that it reads', async () => {
    await client.send(new PutCommand({ TableName: table(), Item: program('query') }));
    uses = [];
    await client.send(
      new QueryCommand({
        TableName: table(),
        IndexName: 'CategoryIndex',
        KeyConditionExpression: '#c = :c',
        ExpressionAttributeNames: { '#c': 'category' },
        ExpressionAttributeValues: { ':c': 'drama#0' },
        Limit: 1,
      }),
    );
    await client.send(new ScanCommand({ TableName: table(), Limit: 1 }));
    expect(uses).toEqual([
      used({ operation: 'Query', index: 'CategoryIndex', readUnits: 0.5 }),
      used({ operation: 'Scan', readUnits: 0.5 }),
    ]);
  });

  it('of a batch and of a transaction is told for each table', async () => {
    const { rateLimits } = dynamodb().tables;
    await client.send(
      new BatchWriteCommand({
        RequestItems: {
          [table()]: [{ PutRequest: { Item: { programId: 'batch' } } }],
          [rateLimits]: [{ PutRequest: { Item: { key: 'batch' } } }],
        },
      }),
    );
    expect(new Set(uses)).toEqual(
      new Set([
        used({ operation: 'BatchWriteItem', writeUnits: 1 }),
        used({ operation: 'BatchWriteItem', table: rateLimits, writeUnits: 1 }),
      ]),
    );
    uses = [];
    await client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName: table(), Item: { programId: 'transaction' } } },
          { Put: { TableName: rateLimits, Item: { key: 'transaction' } } },
        ],
      }),
    );
    expect(new Set(uses)).toEqual(
      new Set([
        used({ operation: 'TransactWriteItems', writeUnits: 2 }),
        used({ operation: 'TransactWriteItems', table: rateLimits, writeUnits: 2 }),
      ]),
    );
  });

  it.each([
    { asked: 'ALL_OLD', writeUnits: 3 },
    { asked: 'NONE', writeUnits: 1 },
  ] as const)(
    'of a failed condition is reckoned from the stored item: $asked',
    async ({ asked, writeUnits }) => {
      await client.send(new PutCommand({ TableName: table(), Item: program('failed', 2100) }));
      uses = [];
      const put = new PutCommand({
        TableName: table(),
        Item: program('failed'),
        ConditionExpression: 'attribute_not_exists(programId)',
        ReturnValuesOnConditionCheckFailure: asked,
      });
      await expect(client.send(put)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
      expect(uses).toEqual([used({ operation: 'PutItem', writeUnits, isEstimated: true })]);
    },
  );

  it('of a cancelled transaction is reckoned for all of its actions', async () => {
    await client.send(
      new PutCommand({ TableName: table(), Item: { programId: 'cancelled', title: 'x'.repeat(1500) } }),
    );
    uses = [];
    const ConditionExpression = 'attribute_not_exists(programId)';
    const transaction = new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: dynamodb().tables.rateLimits, Item: { key: 'cancelled' } } },
        {
          Update: {
            TableName: table(),
            Key: { programId: 'cancelled' },
            UpdateExpression: 'SET version = :v',
            ExpressionAttributeValues: { ':v': 1 },
            ConditionExpression,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    });
    await expect(client.send(transaction)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
    const operation = 'TransactWriteItems';
    expect(uses).toEqual([
      used({ operation, table: dynamodb().tables.rateLimits, writeUnits: 2, isEstimated: true }),
      used({ operation, writeUnits: 4, isEstimated: true }),
    ]);
  });

  it('is not told for calls that touch no data, nor for those that fail otherwise', async () => {
    await client.send(new DescribeTableCommand({ TableName: table() }));
    await expect(client.send(new GetCommand({ TableName: table(), Key: {} }))).rejects.toThrow();
    expect(uses).toEqual([]);
  });

  it('leaves the command as it was, so that it can be sent again', async () => {
    const command = new GetCommand({ TableName: table(), Key: { programId: 'again' } });
    await client.send(command);
    expect(command.input).toEqual({ TableName: table(), Key: { programId: 'again' } });
    await client.send(command);
    expect(uses).toHaveLength(2);
  });
});

describe('consumed capacity, on a server that fails', () => {
  const startAws = useFakeAws();
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const update = () => new UpdateCommand({ TableName: 'limits', Key: { key: 'a' } });
  const ConsumedCapacity = { TableName: 'limits', CapacityUnits: 1, Table: { CapacityUnits: 1 } };
  const ARN = 'arn:aws:dynamodb:us-east-1:123456789012:table/limits';

  it('counts the attempts, and tells of each one that was throttled with its reasons', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0); // what the SDK waits between attempts: up to three seconds otherwise
    const uses: CapacityUse[] = [];
    const throttled: Throttling[] = [];
    const reasons = [{ reason: 'TableWriteKeyRangeThroughputExceeded', resource: ARN }];
    const answers = [
      answerError('ThrottlingException', 400, { throttlingReasons: reasons }),
      answerError('ProvisionedThroughputExceededException', 400, { ThrottlingReasons: reasons }),
      answerJson({ ConsumedCapacity }),
    ];
    const { endpoint } = await startAws((...to) => answers.shift()?.(...to));
    const client = openDynamo({
      ...{ region: 'us-east-1', endpoint, maxAttempts: 3, ...LIMITS },
      onCapacity: (use) => uses.push(use),
      onThrottled: (throttling) => throttled.push(throttling),
    });
    await client.send(update());
    client.destroy();
    expect(uses).toMatchObject([{ table: 'limits', operation: 'UpdateItem', writeUnits: 1, attempts: 3 }]);
    expect(throttled).toEqual([
      { operation: 'UpdateItem', error: 'ThrottlingException', reasons },
      { operation: 'UpdateItem', error: 'ProvisionedThroughputExceededException', reasons },
    ]);
  });

  it('says so when a throttled request gives no reason, and rejects as before', async () => {
    const throttled: Throttling[] = [];
    const { endpoint } = await startAws(answerError('RequestLimitExceeded', 400));
    const client = openDynamo({
      ...{ region: 'us-east-1', endpoint, maxAttempts: 1, ...LIMITS },
      onThrottled: (throttling) => throttled.push(throttling),
    });
    await expect(client.send(update())).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    client.destroy();
    expect(throttled).toEqual([{ operation: 'UpdateItem', error: 'RequestLimitExceeded', reasons: [] }]);
  });
});
