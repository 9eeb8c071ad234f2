import { describe, expect, it } from 'vitest';
import { applyTables, diffTables } from '../../../../src/adapters/dynamodb/provisioning/apply.ts';
import type { TableSettings } from '../../../../src/adapters/dynamodb/provisioning/plan.ts';
import {
  answerInstead,
  ON_DEMAND,
  PROVISIONED,
  TABLES,
  useProvisioning,
} from '../../../support/provisioning.ts';

describe('billing and protection', () => {
  const setUp = useProvisioning();

  it('go from one mode to the other and back', async () => {
    const { provisioner, plan } = setUp();
    const discovery = plan(TABLES.discovery);
    const provisioned = { ...discovery, settings: PROVISIONED };
    await applyTables(provisioner, [discovery]);
    expect((await applyTables(provisioner, [provisioned])).changed).toMatchObject([
      { what: 'billing', declared: 'PROVISIONED', actual: 'PAY_PER_REQUEST' },
    ]);
    expect(await diffTables(provisioner, [provisioned])).toEqual([]);
    await applyTables(provisioner, [discovery]);
    expect(await diffTables(provisioner, [discovery])).toEqual([]);
  });

  it('leave units alone that scaling may have set, and bring others into their range', async () => {
    const { provisioner, plan } = setUp();
    const discovery = plan(TABLES.discovery, PROVISIONED);
    await applyTables(provisioner, [discovery]);
    const within = (read: { min: number; max: number }) => ({
      ...discovery,
      settings: {
        ...PROVISIONED,
        billing: {
          ...PROVISIONED.billing,
          table: { read, write: { min: 1, max: 6 } },
        } as TableSettings['billing'],
      },
    });
    expect(await diffTables(provisioner, [within({ min: 1, max: 5 })])).toEqual([]);
    const { changed } = await applyTables(provisioner, [within({ min: 1, max: 3 })]);
    expect(changed).toMatchObject([
      {
        what: 'units of the table',
        declared: '1 to 3 read units, 1 to 6 write units',
        actual: '5 read units, 6 write units',
      },
    ]);
    expect(await diffTables(provisioner, [within({ min: 1, max: 3 })])).toEqual([]);
  });

  it('cap a table and its index that had no caps', async () => {
    const { provisioner, plan } = setUp();
    const discovery = plan(TABLES.discovery);
    await applyTables(provisioner, [discovery]);
    const billing = { mode: 'PAY_PER_REQUEST', maxReadUnits: 100, maxWriteUnits: 50 } as const;
    const asked: object[] = [];
    answerInstead(provisioner.client, (operation, input) => {
      if (operation === 'UpdateTable') asked.push(input);
      return undefined;
    });
    const { changed } = await applyTables(provisioner, [
      { ...discovery, settings: { ...ON_DEMAND, billing } },
    ]);
    const units = {
      declared: '100 read units, 50 write units',
      actual: 'any read units, any write units',
    };
    expect(changed).toMatchObject([
      { what: 'caps of the table', ...units },
      { what: 'caps of index CategoryIndex', ...units },
    ]);
    const OnDemandThroughput = { MaxReadRequestUnits: 100, MaxWriteRequestUnits: 50 };
    const TableName = discovery.table.name;
    expect(asked).toEqual([
      { TableName, OnDemandThroughput },
      {
        TableName,
        GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'CategoryIndex', OnDemandThroughput } }],
      },
    ]);
  });

  it('protect a table, and no longer', async () => {
    const { provisioner, plan } = setUp();
    const rateLimits = plan(TABLES.rateLimits);
    await applyTables(provisioner, [rateLimits]);
    const isProtected = { ...rateLimits, settings: { ...ON_DEMAND, deletionProtection: true } };
    for (const [to, declared] of [[isProtected, 'on'] as const, [rateLimits, 'off'] as const]) {
      expect((await applyTables(provisioner, [to])).changed).toMatchObject([
        { what: 'deletion protection', declared },
      ]);
      expect(await diffTables(provisioner, [to])).toEqual([]);
    }
  });
});
