import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Program } from '../../src/domain/program/program.ts';

/**
 * The platform's integration guide as it is written, with what would not run at all put right (the billing mode, the name in the
 * update expression): what its calls cost is measured beside ours.
 */
export interface GuideDesign {
  putProgram(program: Program): Promise<unknown>;
  cachePopular(programs: readonly Program[]): Promise<unknown>;
  getPopular(): Promise<unknown>;
  getProgram(programId: string): Promise<unknown>;
  getTrendingByCategory(category: string): Promise<unknown>;
  indexContent(program: Program): Promise<unknown>;
  searchByCategory(category: string): Promise<unknown>;
  /** Whether it admits the request. */
  checkRateLimit(key: string, limit: number): Promise<boolean>;
  drop(): Promise<void>;
}

export async function createGuideDesign(
  client: DynamoDBDocumentClient,
  prefix: string,
): Promise<GuideDesign> {
  const [hot, search, limits] = [`${prefix}-hot`, `${prefix}-search`, `${prefix}-limits`];
  await createTables(client, { hot, search, limits });
  const query = (TableName: string, category: string) =>
    client.send(
      new QueryCommand({
        TableName,
        IndexName: 'CategoryIndex',
        KeyConditionExpression: 'category = :category',
        ExpressionAttributeValues: { ':category': category },
      }),
    );
  const ttl = Math.floor(Date.now() / 1000) + 1800;
  return {
    putProgram: (program) =>
      client.send(new PutCommand({ TableName: hot, Item: { ...plain(program), ttl } })),
    cachePopular: (programs) =>
      client.send(
        new PutCommand({
          TableName: hot,
          Item: { programId: 'popular', programs: programs.map(plain), ttl },
        }),
      ),
    getPopular: () => client.send(new GetCommand({ TableName: hot, Key: { programId: 'popular' } })),
    getProgram: (programId) => client.send(new GetCommand({ TableName: hot, Key: { programId } })),
    getTrendingByCategory: (category) => query(hot, category),
    indexContent: (program) => client.send(new PutCommand({ TableName: search, Item: toContent(program) })),
    searchByCategory: (category) => query(search, category),
    checkRateLimit: (key, limit) => checkRateLimit(client, limits, key, limit),
    async drop() {
      for (const TableName of [hot, search, limits]) await client.send(new DeleteTableCommand({ TableName }));
    },
  };
}

/** Dates as text: the guide's own way, spreading the row, can not be written at all. */
function plain(program: Program): Record<string, unknown> {
  const { createdAt, updatedAt, ...fields } = program;
  return { ...fields, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

function toContent(program: Program): Record<string, unknown> {
  const { programId, contentType, title, description, category, language, tags } = program;
  const indexedAt = new Date(0).toISOString();
  return { contentId: programId, contentType, title, description, category, language, tags, indexedAt };
}

async function checkRateLimit(
  client: DynamoDBDocumentClient,
  TableName: string,
  key: string,
  limit: number,
): Promise<boolean> {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { key } }));
  if (Number(Item?.count ?? 0) >= limit) return false;
  const command = new UpdateCommand({
    TableName,
    Key: { key },
    UpdateExpression: 'SET #count = if_not_exists(#count, :zero) + :inc, expiresAt = :expiresAt',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':zero': 0, ':inc': 1, ':expiresAt': Math.floor(Date.now() / 1000) + 3600 },
  });
  await client.send(command);
  return true;
}

async function createTables(
  client: DynamoDBDocumentClient,
  { hot, search, limits }: Record<'hot' | 'search' | 'limits', string>,
): Promise<void> {
  const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
  const hash = (name: string) => ({ AttributeName: name, KeyType: 'HASH' as const });
  const index = (
    IndexName: string,
    ...KeySchema: { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[]
  ) => ({
    IndexName,
    KeySchema,
    Projection: { ProjectionType: 'ALL' as const },
  });
  const score = 'popularityScore';
  const common = { BillingMode: 'PAY_PER_REQUEST' as const };
  const commands = [
    new CreateTableCommand({
      ...common,
      TableName: hot,
      KeySchema: [hash('programId')],
      AttributeDefinitions: [
        text('programId'),
        text('category'),
        { AttributeName: score, AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        index('CategoryIndex', hash('category'), { AttributeName: score, KeyType: 'RANGE' }),
      ],
    }),
    new CreateTableCommand({
      ...common,
      TableName: search,
      KeySchema: [hash('contentId')],
      AttributeDefinitions: [text('contentId'), text('contentType'), text('category')],
      GlobalSecondaryIndexes: [
        index('ContentTypeIndex', hash('contentType')),
        index('CategoryIndex', hash('category')),
      ],
    }),
    new CreateTableCommand({
      ...common,
      TableName: limits,
      KeySchema: [hash('key')],
      AttributeDefinitions: [text('key')],
    }),
  ];
  for (const command of commands) {
    await client.send(command);
    await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName: command.input.TableName });
  }
}
