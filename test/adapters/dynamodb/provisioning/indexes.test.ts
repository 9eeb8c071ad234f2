import { describe, expect, it } from 'vitest';
import { applyTables, diffTables } from '../../../../src/adapters/dynamodb/provisioning/apply.ts';
import {
  answerInstead,
  PROVISIONED,
  TABLES,
  useProvisioning,
  withoutIndexes,
} from '../../../support/provisioning.ts';

const APPLY = 'npx mediamesh tables apply';

describe('indexes', () => {
  const setUp = useProvisioning();

  it('that are missing are named and made', async () => {
    const { provisioner, plan } = setUp();
    const discovery = plan(TABLES.discovery);
    await applyTables(provisioner, [{ ...discovery, table: withoutIndexes(discovery.table) }]);
    const differences = await diffTables(provisioner, [discovery]);
    const declared = 'category (S), popularityScore (N)';
    expect(differences).toEqual([
      { table: discovery.table.name, what: 'index CategoryIndex', declared, actual: 'missing', mend: APPLY },
    ]);
    expect(await applyTables(provisioner, [discovery])).toEqual({ changed: differences, remaining: [] });
    expect(await diffTables(provisioner, [discovery])).toEqual([]);
  }, 120_000); // DynamoDB Local makes an index when it finds the time

  it('are made one after the other, each with its units', async () => {
    const { provisioner, plan } = setUp();
    const search = plan(TABLES.search, PROVISIONED);
    const TableName = search.table.name;
    await applyTables(provisioner, [{ ...search, table: withoutIndexes(search.table) }]);
    const asked: object[] = [];
    answerInstead(provisioner.client, (operation, input) => {
      if (operation !== 'UpdateTable') return undefined;
      asked.push(input);
      return {};
    });
    const steps: string[] = [];
    await applyTables({ ...provisioner, onProgress: ({ step }) => steps.push(step) }, [search]);
    const creation = (IndexName: string, key: string, read: number, write: number) => ({
      TableName,
      AttributeDefinitions: ['contentId', key].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName,
            KeySchema: [
              { AttributeName: key, KeyType: 'HASH' },
              { AttributeName: 'contentId', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
            ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
          },
        },
      ],
    });
    expect(asked).toEqual([
      creation('ContentTypeIndex', 'contentType', 5, 6),
      creation('CategoryIndex', 'category', 7, 8),
      creation('LanguageIndex', 'language', 5, 6),
    ]);
    expect(steps).toEqual([
      'index ContentTypeIndex: contentType (S), contentId (S)',
      'index CategoryIndex: category (S), contentId (S)',
      'index LanguageIndex: language (S), contentId (S)',
    ]);
  });

  it.each([
    { what: 'projection of index CategoryIndex', change: { projected: ['title'] }, actual: 'title' },
    { what: 'projection of index CategoryIndex', change: { projected: 'all' }, actual: 'everything' },
    {
      what: 'keys of index CategoryIndex',
      change: { rangeKey: { name: 'popularityScore', type: 'S' } },
      actual: 'category (S), popularityScore (S)',
    },
  ] as const)(
    'whose $what differ are left as they are, with what to do: $actual',
    async ({ what, change, actual }) => {
      const { provisioner, plan } = setUp();
      const discovery = plan(TABLES.discovery);
      const [index] = TABLES.discovery.indexes;
      if (index === undefined) throw new Error('the table has an index');
      const table = { ...discovery.table, indexes: [{ ...index, ...change }] };
      await applyTables(provisioner, [{ ...discovery, table }]);
      const { changed, remaining } = await applyTables(provisioner, [discovery]);
      expect(changed).toEqual([]);
      expect(remaining).toMatchObject([{ what, actual }]);
      expect(remaining[0]?.mend).toContain(`aws dynamodb update-table --table-name ${discovery.table.name}`);
      expect(await diffTables(provisioner, [discovery])).toEqual(remaining);
    },
  );

  it('that nobody declared are named and never deleted', async () => {
    const { provisioner, plan } = setUp();
    const discovery = plan(TABLES.discovery);
    await applyTables(provisioner, [discovery]);
    const { remaining } = await applyTables(provisioner, [
      { ...discovery, table: withoutIndexes(discovery.table) },
    ]);
    expect(remaining).toMatchObject([
      { what: 'index CategoryIndex', declared: 'none', actual: 'category (S), popularityScore (N)' },
    ]);
    expect(await diffTables(provisioner, [discovery])).toEqual([]);
  });
});
