import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { applyTables, diffTables } from '../../../../src/adapters/dynamodb/provisioning/apply.ts';
import { answerInstead, TABLES, useProvisioning } from '../../../support/provisioning.ts';

const APPLY = 'npx mediamesh tables apply';

describe('time to live', () => {
  const setUp = useProvisioning();

  it('that is off is turned on', async () => {
    const { provisioner, plan } = setUp();
    const rateLimits = plan(TABLES.rateLimits);
    const { ttlAttribute: _, ...table } = rateLimits.table;
    await applyTables(provisioner, [{ ...rateLimits, table }]);
    const off = { what: 'time to live', declared: 'expiresAt', actual: 'off', mend: APPLY };
    expect(await diffTables(provisioner, [rateLimits])).toMatchObject([off]);
    expect((await applyTables(provisioner, [rateLimits])).changed).toMatchObject([off]);
    expect(await diffTables(provisioner, [rateLimits])).toEqual([]);
  });

  it('by another attribute is left, with what to do', async () => {
    const { provisioner, plan } = setUp();
    const rateLimits = plan(TABLES.rateLimits);
    const { name } = rateLimits.table;
    await applyTables(provisioner, [{ ...rateLimits, table: { ...rateLimits.table, ttlAttribute: 'ttl' } }]);
    const { changed, remaining } = await applyTables(provisioner, [rateLimits]);
    expect(changed).toEqual([]);
    expect(remaining).toEqual([
      {
        ...{ table: name, what: 'time to live', declared: 'expiresAt', actual: 'ttl' },
        mend: `turn it off (aws dynamodb update-time-to-live --table-name ${name} --time-to-live-specification Enabled=false,AttributeName=ttl), wait an hour, as DynamoDB asks, then ${APPLY}`,
      },
    ]);
  });

  it('that is being turned off can not be turned on at once', async () => {
    const { provisioner, plan } = setUp();
    const rateLimits = plan(TABLES.rateLimits);
    await applyTables(provisioner, [rateLimits]);
    answerInstead(provisioner.client, (operation) =>
      operation === 'DescribeTimeToLive'
        ? { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLING', AttributeName: 'expiresAt' } }
        : undefined,
    );
    expect((await applyTables(provisioner, [rateLimits])).remaining).toMatchObject([
      { what: 'time to live', actual: 'being turned off', mend: expect.stringContaining('wait an hour') },
    ]);
  });

  it('of a table that has none declared is named', async () => {
    const { provisioner, plan } = setUp();
    const search = plan(TABLES.search);
    await applyTables(provisioner, [search]);
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ttl' };
    const TableName = search.table.name;
    await provisioner.client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    expect((await applyTables(provisioner, [search])).remaining).toMatchObject([
      {
        what: 'time to live',
        declared: 'off',
        actual: 'ttl',
        mend: expect.stringContaining('Enabled=false'),
      },
    ]);
  });
});
