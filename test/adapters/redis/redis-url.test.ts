import { describe, expect, it } from 'vitest';
import { readRedisUrl } from '../../../src/adapters/redis/redis-url.ts';

const PLAIN = {
  host: 'h',
  port: 6379,
  username: undefined,
  password: undefined,
  database: 0,
  tls: false,
};

describe('the URL of a Redis', () => {
  it.each([
    ['redis://h', PLAIN],
    ['redis://h/', PLAIN],
    ['rediss://h:7000', { ...PLAIN, port: 7000, tls: true }],
    ['redis://h/5', { ...PLAIN, database: 5 }],
    ['redis://:p%40ss@h', { ...PLAIN, password: 'p@ss' }],
    ['redis://me:p%25@h:1/2', { ...PLAIN, username: 'me', password: 'p%', port: 1, database: 2 }],
    ['redis://[::1]:6380', { ...PLAIN, host: '::1', port: 6380 }],
  ])('%s is read', (url, address) => {
    expect(readRedisUrl(url)).toEqual(address);
  });

  it.each([
    ['', /must be redis:/],
    ['secret', /must be redis:/],
    ['http://:secret@h', /must be redis:/],
    ['redis://', /must be redis:/],
    ['redis://:secret@h:99999', /must be redis:/],
    ['redis://:secret@h?enableOfflineQueue=true', /must not have a query/],
    ['redis://:secret@h#x', /must not have a query/],
    ['redis://:secret@h/name', /database must be a number/],
    ['redis://:secret%@h', /must be written %25/],
  ])('%s is refused, and the password not repeated', (url, message) => {
    expect(() => readRedisUrl(url)).toThrow(message);
    expect(() => readRedisUrl(url)).not.toThrow(/secret/);
  });
});
