import { setTimeout as delay } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { TestDynamodb } from '../dynamodb.ts';

/** Looks at the versions of the copies again and again. */
export interface VersionWatch {
  /** Versions that were lower than in an earlier look. */
  readonly falls: readonly string[];
  looks(): number;
  stop(): Promise<void>;
}

const PAUSE_MS = 250;

export function watchVersions({ client, tables }: TestDynamodb): VersionWatch {
  const seen = new Map<string, number>();
  const falls: string[] = [];
  let looks = 0;
  let isStopped = false;
  const look = async (): Promise<void> => {
    const query = {
      TableName: tables.discovery,
      ConsistentRead: true,
      ProjectionExpression: 'programId, #version',
      ExpressionAttributeNames: { '#version': 'version' },
      FilterExpression: 'attribute_exists(#version)',
    };
    for await (const { Items = [] } of paginateScan({ client }, query)) {
      for (const { programId, version } of Items) {
        const before = seen.get(String(programId)) ?? 0;
        if (Number(version) < before) falls.push(`${programId}: ${version} after ${before}`);
        seen.set(String(programId), Number(version));
      }
    }
    looks += 1;
  };
  const running = (async () => {
    while (!isStopped) {
      await look();
      await delay(PAUSE_MS);
    }
  })();
  return {
    falls,
    looks: () => looks,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
