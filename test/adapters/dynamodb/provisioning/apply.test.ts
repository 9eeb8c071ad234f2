import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { applyTables, diffTables } from '../../../../src/adapters/dynamodb/provisioning/apply.ts';
import type { ProvisioningStep } from '../../../../src/adapters/dynamodb/provisioning/change.ts';
import {
  answerInstead,
  awsError,
  ON_DEMAND,
  TABLES,
  useProvisioning,
  withoutIndexes,
} from '../../../support/provisioning.ts';

const APPLY = 'npx mediamesh tables apply';

describe('tables that are missing', () => {
  const setUp = useProvisioning();

  it('are named by the comparison', async () => {
    const { provisioner, plan } = setUp();
    const discovery = plan(TABLES.discovery);
    expect(await diffTables(provisioner, [discovery])).toEqual([
      { table: discovery.table.name, what: 'table', declared: 'there', actual: 'missing', mend: APPLY },
    ]);
  });

  it('are made as declared, and once more changes nothing', async () => {
    const { provisioner, plan } = setUp();
    const plans = Object.values(TABLES).map((table) => plan(table));
    const { changed, remaining } = await applyTables(provisioner, plans);
    expect(remaining).toEqual([]);
    expect(changed.map(({ what }) => what)).toEqual([
      'table',
      'time to live',
      'table',
      'table',
      'time to live',
      'table',
      'time to live',
    ]);
    expect(await diffTables(provisioner, plans)).toEqual([]);
    expect(await applyTables(provisioner, plans)).toEqual({ changed: [], remaining: [] });
  });

  it('have keys, indexes, time to live, caps and protection', async () => {
    const { provisioner, plan } = setUp();
    const billing = { mode: 'PAY_PER_REQUEST', maxReadUnits: 100, maxWriteUnits: 50 } as const;
    const discovery = plan(TABLES.discovery, { ...ON_DEMAND, billing, deletionProtection: true });
    await applyTables(provisioner, [discovery]);
    const { client } = provisioner;
    const { Table } = await client.send(new DescribeTableCommand({ TableName: discovery.table.name }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [{ AttributeName: 'programId', KeyType: 'HASH' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: 50 },
      DeletionProtectionEnabled: true,
      GlobalSecondaryIndexes: [
        {
          IndexName: 'CategoryIndex',
          IndexStatus: 'ACTIVE',
          KeySchema: [
            { AttributeName: 'category', KeyType: 'HASH' },
            { AttributeName: 'popularityScore', KeyType: 'RANGE' },
          ],
          Projection: {
            ProjectionType: 'INCLUDE',
            NonKeyAttributes: expect.arrayContaining(['title', 'expiresAt']),
          },
          OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: 50 },
        },
      ],
    });
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: discovery.table.name }));
    expect(ttl.TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    expect(await diffTables(provisioner, [discovery])).toEqual([]);
  });

  it('tell of each step before it is taken', async () => {
    const { provisioner, plan } = setUp();
    const steps: ProvisioningStep[] = [];
    const rateLimits = plan(TABLES.rateLimits);
    const table = rateLimits.table.name;
    await applyTables({ ...provisioner, onProgress: (step) => steps.push(step) }, [rateLimits]);
    expect(steps).toEqual([
      { table, step: 'create' },
      { table, step: 'wait until it is active' },
      { table, step: 'time to live: expiresAt' },
    ]);
  });

  it('that somebody else makes in that moment are waited for', async () => {
    const { provisioner, plan } = setUp();
    const rateLimits = plan(TABLES.rateLimits);
    const other = setUp().provisioner;
    let isMade: Promise<unknown> | undefined;
    answerInstead(provisioner.client, (operation) => {
      if (operation !== 'CreateTable') return undefined;
      isMade = applyTables(other, [rateLimits]);
      throw awsError('ResourceInUseException');
    });
    const { remaining } = await applyTables(provisioner, [rateLimits]);
    await isMade;
    expect(remaining).toEqual([]);
    expect(await diffTables(other, [rateLimits])).toEqual([]);
  });
});

describe('keys', () => {
  const setUp = useProvisioning();

  it('that differ ask for another table', async () => {
    const { provisioner, plan } = setUp();
    const activity = plan(TABLES.activity);
    const { rangeKey: _, ...table } = withoutIndexes(activity.table);
    await applyTables(provisioner, [{ ...activity, table }]);
    expect(
      await diffTables(provisioner, [{ ...activity, table: withoutIndexes(activity.table) }]),
    ).toMatchObject([
      {
        what: 'keys',
        declared: 'pk (S), sk (S)',
        actual: 'pk (S)',
        mend: expect.stringContaining('configure another table name'),
      },
    ]);
  });
});

describe('waiting', () => {
  const setUp = useProvisioning();

  it('for a table that is busy goes on until it takes the change', async () => {
    const { provisioner, plan } = setUp();
    const rateLimits = plan(TABLES.rateLimits);
    await applyTables(provisioner, [rateLimits]);
    let refusals = 0;
    answerInstead(provisioner.client, (operation) => {
      if (operation !== 'UpdateTable' || refusals === 3) return undefined;
      refusals += 1;
      throw awsError('ResourceInUseException');
    });
    const isProtected = { ...rateLimits, settings: { ...ON_DEMAND, deletionProtection: true } };
    await applyTables(provisioner, [isProtected]);
    expect(refusals).toBe(3);
    expect(await diffTables(provisioner, [isProtected])).toEqual([]);
  });

  it.each([
    { status: { TableStatus: 'CREATING' }, what: 'a table' },
    {
      status: {
        TableStatus: 'ACTIVE',
        GlobalSecondaryIndexes: [{ IndexName: 'CategoryIndex', IndexStatus: 'CREATING' }],
      },
      what: 'an index',
    },
  ])('for $what ends with what to do', async ({ status }) => {
    const { provisioner, plan } = setUp();
    answerInstead(provisioner.client, (operation) => {
      if (operation === 'DescribeTable') return { Table: status };
      return operation === 'DescribeTimeToLive' ? { TimeToLiveDescription: {} } : undefined;
    });
    const discovery = plan(TABLES.discovery);
    await expect(applyTables({ ...provisioner, pollMs: 10, waitMs: 30 }, [discovery])).rejects.toThrow(
      /did not become active within 0.03 seconds: run the command again/,
    );
  });

  it('ends with the reason when the caller goes', async () => {
    const { provisioner, plan } = setUp();
    const caller = new AbortController();
    const reason = new Error('Ctrl-C');
    answerInstead(provisioner.client, (operation) => {
      if (operation === 'DescribeTable') return { Table: { TableStatus: 'CREATING' } };
      return operation === 'DescribeTimeToLive' ? { TimeToLiveDescription: {} } : undefined;
    });
    const call = { signal: caller.signal };
    const running = applyTables({ ...provisioner, call, pollMs: 60_000 }, [plan(TABLES.rateLimits)]);
    setTimeout(() => caller.abort(reason), 50);
    await expect(running).rejects.toBe(reason);
  });
});
