import { afterEach } from 'vitest';
import { openDynamo } from '../../src/adapters/dynamodb/client.ts';
import type { TestDynamodb } from './dynamodb.ts';

/** What happens between the lost answer and the SDK's repeat. */
type Meanwhile = () => Promise<unknown>;

/** Opens clients that lose the first answer to an operation, such as `PutItem`: it is done, and the SDK, which can not know, repeats it. */
export function useLostAnswers(): (
  dynamodb: TestDynamodb,
  operation: string,
  meanwhile?: Meanwhile,
) => ReturnType<typeof openDynamo> {
  const clients: { destroy(): void }[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });
  return ({ endpoint, region }, operation, meanwhile = async () => undefined) => {
    const limits = { connectTimeoutMs: 5000, requestTimeoutMs: 5000, maxConnections: 10, maxAttempts: 3 };
    const client = openDynamo({ endpoint, region, ...limits });
    clients.push(client);
    let isLost = false;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = await next(args);
          if (isLost || commandName !== `${operation}Command`) return answer;
          isLost = true;
          await meanwhile();
          throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
        },
      // Below the repeats, and above what makes an error of an answer, which is lost as well.
      { step: 'deserialize', priority: 'high', name: 'lostAnswer' },
    );
    return client;
  };
}
