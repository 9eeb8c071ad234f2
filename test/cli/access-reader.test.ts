import { describe, expect, it } from 'vitest';
import { createAccessReader } from '../../src/cli/limits/access-reader.ts';
import { readLogTime } from '../../src/cli/limits/log-time.ts';

const NOON = Date.UTC(2026, 0, 15, 12);

describe('readLogTime', () => {
  it.each([
    ['2026-01-15T12:00:00Z', NOON],
    ['2026-01-15T13:00:00.25+01:00', NOON + 250],
    ['2026-01-15T07:30:00,250-0430', NOON + 250],
    ['2026-01-15 14:00:00+02', NOON],
    ['2026-01-15t12:00z', NOON],
    ['2026-01-15 12:00:00.123456789 Z', NOON + 123],
    ['2026-01-15T12:00:00', NOON],
    [NOON, NOON],
    [NOON / 1000, NOON],
    [NOON / 1000 + 0.123, NOON + 123],
    [269_999_757.002, 269_999_757_002],
    [NOON + 0.9, NOON],
    [`${NOON / 1000}.123`, NOON + 123],
    [String(NOON), NOON],
    [0, 0],
  ])('reads %j', (value, expected) => {
    expect(readLogTime(value)).toBe(expected);
  });

  it.each([
    ...['', 'noon', '2026-01-15', '2026-13-15T12:00:00Z', '15/Jan/2026:12:00:00 +0000'],
    ...[-1, Number.NaN, Number.POSITIVE_INFINITY, NOON * 1000, '-5', '1e3', true, null, undefined, {}, []],
  ])('refuses %j', (value) => {
    expect(readLogTime(value)).toBeUndefined();
  });
});

describe('the reader of an access log', () => {
  const read = (record: object, options = {}) =>
    createAccessReader(options).read({ line: 1, text: JSON.stringify(record) });

  it.each(['time', 'timestamp', '@timestamp', 'ts'])('finds the time in %s', (name) => {
    expect(read({ [name]: NOON, ip: '::1' })).toEqual({ atMs: NOON, client: '::1', cost: 1 });
  });

  it.each(['client', 'clientIp', 'ip', 'remoteAddress', 'remote_addr', 'apiKey', 'user'])(
    'finds the client in %s',
    (name) => {
      expect(read({ ts: NOON, [name]: 7 })).toMatchObject({ client: '7' });
    },
  );

  it('takes the first that says something, and keeps to it', () => {
    const reader = createAccessReader({});
    const line = (record: object) => reader.read({ line: 1, text: JSON.stringify(record) });
    expect(line({ time: null, ts: 5, ip: 'b', clientIp: 'a' })).toMatchObject({ atMs: 5000, client: 'a' });
    expect(line({ time: 6, ts: 7, ip: 'b' })).toEqual({ reason: 'has no "clientIp"' });
  });

  it('follows dots, unless a name has them itself', () => {
    const options = { time: 'log.at', client: 'a.b', cost: 'n.0' };
    const record = { log: { at: 5 }, 'a.b': 'flat', a: { b: 'deep' }, n: { 0: 3 } };
    expect(read(record, options)).toEqual({ atMs: 5000, client: 'flat', cost: 3 });
    for (const client of ['constructor', '__proto__.constructor'])
      expect(() => read({ ts: 5 }, { client })).toThrow(`line 1 has no "${client}"`);
  });

  it.each(['', 'a\u0000b', '\ud800', 'x'.repeat(2049), true, ['ann']])('refuses the client %j', (client) => {
    expect(read({ ts: 5, client })).toEqual({
      reason: expect.stringMatching(/^"client" must be a number, or/),
    });
  });

  it('shows no more fields than can be read', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, index]));
    expect(() => read(many)).toThrow(/has none of time, .*It has f0, .*, f29, and 10 more$/);
    expect(() => read({})).toThrow('It has no field at all');
  });

  it('passes over blank lines and passes on why a line can not be read', () => {
    const reader = createAccessReader({});
    expect(reader.read({ line: 1, text: '  ' })).toBeUndefined();
    expect(reader.read({ line: 2, error: 'must be valid UTF-8' })).toEqual({ reason: 'must be valid UTF-8' });
  });
});
