import { describe, expect, it } from 'vitest';
import { applyTables } from '../../../../src/adapters/dynamodb/provisioning/apply.ts';
import {
  checkTables,
  TablesNotReady,
  tableFaults,
} from '../../../../src/adapters/dynamodb/provisioning/check.ts';
import type { TableDeclaration } from '../../../../src/adapters/dynamodb/tables.ts';
import {
  answerInstead,
  awsError,
  TABLES,
  useProvisioning,
  withoutIndexes,
} from '../../../support/provisioning.ts';

const APPLY = 'npx mediamesh tables apply';

describe('the check at the start', () => {
  const setUp = useProvisioning();

  /** The table is made in one way and checked as it is declared. */
  async function faultsOf(declared: TableDeclaration, made: (table: TableDeclaration) => TableDeclaration) {
    const { provisioner, plan } = setUp();
    const planned = plan(declared);
    await applyTables(provisioner, [{ ...planned, table: made(planned.table) }]);
    return tableFaults(provisioner, [planned.table]);
  }

  it('is content with tables as they are declared, and asks for no more than it may', async () => {
    const { provisioner, plan } = setUp();
    const plans = Object.values(TABLES).map((table) => plan(table));
    await applyTables(provisioner, plans);
    const asked = new Set<string>();
    answerInstead(provisioner.client, (operation) => {
      asked.add(operation);
      return undefined;
    });
    await checkTables(
      provisioner,
      plans.map(({ table }) => table),
    );
    expect(asked).toEqual(new Set(['DescribeTable', 'DescribeTimeToLive']));
  });

  it('refuses with every fault at once, each with what mends it', async () => {
    const { provisioner, plan } = setUp();
    const rateLimits = plan(TABLES.rateLimits);
    const { ttlAttribute: _, ...withoutTtl } = rateLimits.table;
    await applyTables(provisioner, [{ ...rateLimits, table: withoutTtl }]);
    const missing = plan(TABLES.search).table;
    const error = await checkTables(provisioner, [missing, rateLimits.table]).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TablesNotReady);
    expect((error as TablesNotReady).message.split('\n')).toEqual([
      'DynamoDB tables are not as the service needs them:',
      `- ${missing.name}: table is missing. To mend it: ${APPLY}`,
      `- ${rateLimits.table.name}: time to live: off (declared: expiresAt). To mend it: ${APPLY}`,
    ]);
    expect((error as TablesNotReady).differences).toHaveLength(2);
  });

  it('refuses a missing index', async () => {
    expect(await faultsOf(TABLES.discovery, withoutIndexes)).toMatchObject([
      { what: 'index CategoryIndex', actual: 'missing', mend: APPLY },
    ]);
  });

  it('refuses an index that carries too little', async () => {
    const faults = await faultsOf(TABLES.discovery, (table) => ({
      ...table,
      indexes: table.indexes.map((index) => ({ ...index, projected: [] })),
    }));
    expect(faults).toMatchObject([{ what: 'projection of index CategoryIndex', actual: 'keys only' }]);
  });

  it('puts up with an index that carries too much, and with one of somebody else', async () => {
    const faults = await faultsOf(TABLES.discovery, (table) => ({
      ...table,
      indexes: [
        ...table.indexes.map((index) => ({ ...index, projected: 'all' as const })),
        ...TABLES.search.indexes.slice(0, 1),
      ],
    }));
    expect(faults).toEqual([]);
  });

  it('refuses an index that is still being made', async () => {
    const { provisioner, plan } = setUp();
    const { table } = plan(TABLES.discovery);
    const [index] = table.indexes;
    answerInstead(provisioner.client, (operation) =>
      operation === 'DescribeTable'
        ? {
            Table: {
              TableStatus: 'UPDATING',
              KeySchema: [{ AttributeName: 'programId', KeyType: 'HASH' }],
              AttributeDefinitions: [
                { AttributeName: 'programId', AttributeType: 'S' },
                { AttributeName: 'category', AttributeType: 'S' },
                { AttributeName: 'popularityScore', AttributeType: 'N' },
              ],
              GlobalSecondaryIndexes: [
                {
                  IndexName: 'CategoryIndex',
                  IndexStatus: 'CREATING',
                  KeySchema: [{ AttributeName: 'category' }, { AttributeName: 'popularityScore' }],
                  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: index?.projected },
                },
              ],
            },
          }
        : { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLING', AttributeName: 'ttl' } },
    );
    expect(await tableFaults(provisioner, [table])).toMatchObject([
      { what: 'status of index CategoryIndex', declared: 'ACTIVE', actual: 'CREATING' },
    ]);
  });

  it('does not take a refusal for a missing table', async () => {
    const { provisioner, plan } = setUp();
    answerInstead(provisioner.client, () => {
      throw awsError('AccessDeniedException');
    });
    await expect(checkTables(provisioner, [plan(TABLES.search).table])).rejects.toMatchObject({
      code: 'store-refused',
    });
  });
});
