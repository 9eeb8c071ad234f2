import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import {
  StoreRefused,
  StoreThrottled,
  StoreTimeout,
  StoreUnavailable,
} from '../../../../src/domain/errors.ts';
import { COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest, consumeUntilDenied } from '../../../contracts/counter-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import { anInstance } from './fixture.ts';
import { cancellation } from './watched-client.ts';

const dynamodb = useDynamodb();

describe.each(COUNTING_ALGORITHMS)('%s', (algorithm) => {
  test.each([1, 3, 6])('a lost answer to call %i is an error and gives no unit twice', async (call) => {
    const { store, loseNextAnswer } = anInstance(dynamodb());
    const request = aRequest({ algorithm, limit: 6 });
    for (let made = 1; made < call; made += 1) await store.consume(request, aCall());
    loseNextAnswer();
    await expect(store.consume(request, aCall())).rejects.toBeInstanceOf(StoreTimeout);
    expect(await consumeUntilDenied(store, request, 7)).toBe(6 - call);
  });

  test('a lost answer to a denial takes nothing', async () => {
    const { store, clock, loseNextAnswer } = anInstance(dynamodb());
    const request = aRequest({ algorithm, limit: 6 });
    await consumeUntilDenied(store, request, 7);
    loseNextAnswer();
    await expect(store.consume(request, aCall())).rejects.toThrow();
    clock.advance(66_000);
    expect(await consumeUntilDenied(store, request, 7)).toBe(6);
  });

  test('a lost answer to the first call of a new window counts in that window', async () => {
    const { store, clock, loseNextAnswer } = anInstance(dynamodb());
    const request = aRequest({ algorithm, limit: 6 });
    await consumeUntilDenied(store, request, 7);
    clock.advance(66_000);
    loseNextAnswer();
    await expect(store.consume({ ...request, cost: 4 }, aCall())).rejects.toBeInstanceOf(StoreTimeout);
    expect(await consumeUntilDenied(store, request, 7)).toBe(2);
  });
});

test.each([
  ['ProvisionedThroughputExceededException', StoreThrottled],
  ['ThrottlingException', StoreThrottled],
  ['TimeoutError', StoreTimeout],
  ['AccessDeniedException', StoreRefused],
  ['InternalServerError', StoreUnavailable],
])('%s is an error of the port from every method, and no denial', async (name, expected) => {
  const { store, refuseNext } = anInstance(dynamodb());
  const request = aRequest();
  for (const ask of [
    () => store.consume(request, aCall()),
    () => store.peek(request, aCall()),
    () => store.reset(request.key, aCall()),
    () => store.consumeAll([request, aRequest({ key: request.key, windowMs: 1_000 })], aCall()),
    () => store.consumeAll([request, aRequest()], aCall()),
    () => store.consumeUpTo({ ...request, cost: 3 }, 1, aCall()),
    () => store.refund(request, aCall()),
    () => store.block(request.key, request.policy, 1_000, aCall()),
  ]) {
    refuseNext(name);
    await expect(ask()).rejects.toBeInstanceOf(expected);
  }
  expect((await store.peek(request, aCall())).remaining).toBe(10);
});

test.each(['TransactionConflictException', 'ConditionalCheckFailed', 'TransactionConflict'])(
  'what others had at hand (%s) was not made, and is tried again',
  async (name) => {
    const { store, refuseNext, cancelNext } = anInstance(dynamodb());
    const requests = [aRequest({ limit: 3 }), aRequest({ limit: 3 })];
    const [request = aRequest()] = requests;
    if (name === 'TransactionConflictException') refuseNext(name);
    else cancelNext(name);
    const decisions =
      name === 'TransactionConflictException'
        ? [await store.consume(request, aCall())]
        : await store.consumeAll(requests, aCall());
    expect(decisions.every(({ allowed, remaining }) => allowed && remaining === 2)).toBe(true);
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 2 });
  },
);

test('a look at several keys while somebody writes them is a look at each', async () => {
  const { store, client, drainCalls } = anInstance(dynamodb());
  const requests = [aRequest({ limit: 3 }), aRequest({ limit: 3, cost: 4 })];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'TransactGetItemsCommand') throw cancellation('TransactionConflict');
        return next(args);
      },
    { step: 'initialize', name: 'rival' },
  );
  expect(await store.consumeAll(requests, aCall())).toMatchObject([{ allowed: true }, { allowed: false }]);
  expect(drainCalls().filter((name) => name === 'GetItemCommand')).toHaveLength(2);
});

test('an error is tried once', async () => {
  const { store, refuseNext, drainCalls } = anInstance(dynamodb());
  refuseNext('ProvisionedThroughputExceededException');
  await expect(store.consume(aRequest(), aCall())).rejects.toBeInstanceOf(StoreThrottled);
  expect(drainCalls()).toHaveLength(1);
});

test('says so when others change the counter during every attempt', async () => {
  const { store, clock, client, drainCalls } = anInstance(dynamodb());
  const request = aRequest({ algorithm: 'sliding-window', limit: 1_000_000 });
  await store.consume(request, aCall());
  clock.advance(6_000);
  drainCalls();
  // Somebody with a slower clock adds to the sub-window that this instance is about to leave, each time just before it does.
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'UpdateItemCommand' && 'ReturnValues' in args.input) await addBehindItsBack();
        return next(args);
      },
    { step: 'initialize', name: 'rival', priority: 'low' },
  );
  const addBehindItsBack = () =>
    dynamodb().client.send(
      new UpdateItemCommand({
        TableName: dynamodb().tables.rateLimits,
        Key: { key: { S: request.key } },
        UpdateExpression: 'SET s60000.u[10] = s60000.u[10] + :one, s60000.t = s60000.t + :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  const error = await store.consume(request, aCall()).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(StoreUnavailable);
  expect((error as Error).cause).toMatchObject({
    message: 'others changed the counter during each of 10 attempts',
  });
  expect(drainCalls()).toHaveLength(10);
});
