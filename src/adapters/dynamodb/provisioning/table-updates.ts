import { setTimeout as sleep } from 'node:timers/promises';
import type { TableDescription, UpdateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { withStoreErrors } from '../store-errors.ts';
import type { Provisioner } from './change.ts';

const HOUR_MS = 3_600_000;

/** `undefined` when there is no such table. */
export async function describeTable(
  { client, call }: Pick<Provisioner, 'client' | 'call'>,
  name: string,
): Promise<TableDescription | undefined> {
  return withStoreErrors(async () => {
    const command = new DescribeTableCommand({ TableName: name });
    const { Table } = await client
      .send(command, { abortSignal: call.signal })
      .catch((error: unknown) =>
        isNamed(error, 'ResourceNotFoundException') ? { Table: undefined } : Promise.reject(error),
      );
    return Table;
  }, call);
}

/** Makes one change and waits until the table and its indexes can be used and changed again. */
export async function updateTable(provisioner: Provisioner, input: UpdateTableCommandInput): Promise<void> {
  const { client, call } = provisioner;
  await whenFree(provisioner, 'ResourceInUseException', () =>
    client.send(new UpdateTableCommand(input), { abortSignal: call.signal }),
  );
  await waitUntilActive(provisioner, input.TableName ?? '');
}

/**
 * Tries again while the table is still busy with what came before: DescribeTable may call it active before and after that,
 * for it lags behind (API reference, UpdateTable).
 */
export async function whenFree(
  provisioner: Provisioner,
  busy: string,
  run: () => Promise<unknown>,
): Promise<void> {
  await poll(provisioner, `${busy} did not go away`, () =>
    withStoreErrors(run, provisioner.call).then(
      () => true,
      (error: unknown) => (isNamed(error, busy) ? false : Promise.reject(error)),
    ),
  );
}

export async function waitUntilActive(provisioner: Provisioner, name: string): Promise<void> {
  await poll(provisioner, `${name} and its indexes did not become active`, async () => {
    const table = await describeTable(provisioner, name);
    const parts = [
      table?.TableStatus,
      ...(table?.GlobalSecondaryIndexes ?? []).map((index) => index.IndexStatus),
    ];
    return parts.every((status) => status === 'ACTIVE');
  });
}

async function poll(
  provisioner: Provisioner,
  failure: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const { call, waitMs = HOUR_MS, pollMs = 2000 } = provisioner;
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    if (await isDone()) return;
    if (waitedMs >= waitMs)
      throw new Error(
        `${failure} within ${waitMs / 1000} seconds: run the command again, it goes on where it stopped`,
      );
    await sleep(pollMs, undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted());
  }
}

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
