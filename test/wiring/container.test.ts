import { describe, expect, it } from 'vitest';
import { complete, nothingToDispose, singleton } from '../../src/container/registration.ts';
import { aService } from '../support/service.ts';

describe('complete', () => {
  const number = singleton((_cradle: object) => 1, nothingToDispose);

  it('takes registrations whose needs are met', () => {
    const text = singleton(
      ({ number: value }: { readonly number: number }) => String(value),
      nothingToDispose,
    );
    expect(Object.keys(complete({ number, text }))).toEqual(['number', 'text']);
  });

  it('does not compile with a need that nobody meets', () => {
    const text = singleton(({ missing }: { readonly missing: number }) => String(missing), nothingToDispose);
    // @ts-expect-error `missing` is not registered
    expect(Object.keys(complete({ number, text }))).toHaveLength(2);
  });

  it('does not compile with a need of another type', () => {
    const text = singleton(({ number: value }: { readonly number: string }) => value, nothingToDispose);
    // @ts-expect-error `number` is a number
    expect(Object.keys(complete({ number, text }))).toHaveLength(2);
  });
});

/** What is opened for a store that is set to an engine. */
const CLIENTS = [
  'database',
  'replica',
  'notifications',
  'redis',
  'redisKeys',
  'dynamodb',
  'dynamodbOnce',
] as const;

describe('the service container', () => {
  it('builds everything that does not need an engine in memory mode', async () => {
    const { cradle, dispose } = aService();
    const clients = new Set<string>(CLIENTS);
    const names = Object.keys(cradle).filter((name) => !clients.has(name));
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(() => cradle[name as keyof typeof cradle], name).not.toThrow();
    for (const name of CLIENTS) expect(() => cradle[name], name).toThrow('the configuration names none');
    await dispose();
  });

  it('builds each singleton once', async () => {
    const { cradle, dispose } = aService();
    expect(cradle.app).toBe(cradle.app);
    await dispose();
  });
});
