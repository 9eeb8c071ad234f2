import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { readRecordMap } from '../../../src/domain/program/record-map.ts';

const REQUIRED = {
  programId: 'id',
  title: { value: 'T' },
  contentType: { value: 'movie' },
  category: { value: 'drama' },
  language: { value: 'en' },
};

function mapOf(fields: Record<string, unknown>, tables: Record<string, unknown> = {}) {
  const read = readRecordMap({ fields: { ...REQUIRED, ...fields }, tables });
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.map;
}

/** What a rule makes of a record, seen in the metadata, which takes any value. */
function mapped(rule: unknown, record: JsonObject, tables: Record<string, unknown> = {}): unknown {
  const result = mapOf({ metadata: { object: { seen: rule } } }, tables).map({ id: 'a', ...record });
  if ('message' in result) throw new Error(result.message);
  return (result.program.metadata as JsonObject | undefined)?.seen;
}

function faultsOf(map: unknown): readonly { path: string; message: string }[] {
  const read = readRecordMap(map);
  return 'faults' in read ? read.faults : [];
}

const faultsOfRule = (rule: unknown, tables = {}) =>
  faultsOf({ fields: { ...REQUIRED, description: rule }, tables });

describe('rules of a map', () => {
  const film = {
    title: 'M',
    year: 1931,
    cast: ['Peter Lorre', '', null, 'Ellen Widmann'],
    rating: { votes: 150_000 },
    'a.b': 1,
    none: null,
    blank: '',
    nobody: [],
  };

  it.each<[string, unknown, JsonValue | undefined]>([
    ['a text is a source path', 'title', 'M'],
    ['from reads what lies deeper', { from: 'rating.votes' }, 150_000],
    ['from reads a position of a list', 'cast.0', 'Peter Lorre'],
    ['a list of names reads one with a dot in it', { from: ['a.b'] }, 1],
    ['what is not there is nothing', 'rating.mean.of', undefined],
    ['what is inherited is not there', 'constructor.name', undefined],
    [
      'null, an empty text and an empty list are nothing',
      { firstOf: ['none', 'blank', 'nobody'] },
      undefined,
    ],
    ['value is a constant', { value: { a: [1] } }, { a: [1] }],
    ['firstOf takes the first that is there', { firstOf: ['none', 'year', 'title'] }, 1931],
    [
      'join joins what is there',
      { join: ['title', 'none', 'year', 'cast'], with: '-' },
      'M-1931-Peter Lorre-Ellen Widmann',
    ],
    ['join of nothing is nothing', { join: ['none', 'blank'], with: '-' }, undefined],
    ['template fills in', { template: '{title} ({year})' }, 'M (1931)'],
    ['template with a gap is nothing', { template: '{title} by {none}' }, undefined],
    [
      'list gathers without repeats',
      { list: ['title', 'cast', { value: 'M' }] },
      ['M', 'Peter Lorre', 'Ellen Widmann'],
    ],
    ['object leaves out what is not there', { object: { y: 'year', n: 'none' } }, { y: 1931 }],
    ['date of a year', { date: { year: 'year' } }, '1931-01-01'],
    ['date of parts', { date: { year: 'year', month: { value: 5 }, day: { value: '11' } } }, '1931-05-11'],
    ['date without a year is nothing', { date: { year: 'none', month: { value: 5 } } }, undefined],
  ])('%s', (_, rule, expected) => expect(mapped(rule, film)).toEqual(expected));

  it('hash tells records apart, also where the same words stand in other fields', () => {
    const rule = { hash: ['a', 'b'], length: 8 };
    const hashes = [{ a: 'x' }, { b: 'x' }, { a: 'x', b: 'x' }, { a: 'xx' }, { a: ['x', 'x'] }].map(
      (record) => mapped(rule, record),
    );
    expect(new Set(hashes).size).toBe(5);
    expect(hashes.every((hash) => /^[0-9a-f]{8}$/.test(String(hash)))).toBe(true);
    expect(mapped(rule, { a: 'x' })).toBe(hashes[0]);
  });
});

describe('steps of a rule', () => {
  it.each<[unknown, JsonValue, JsonValue | undefined]>([
    ['text', 12, '12'],
    ['trim', ' a ', 'a'],
    ['oneLine', ' a\n\t b\u0000', 'a b'],
    ['lowercase', 'ÄB', 'äb'],
    ['uppercase', 'äb', 'ÄB'],
    ['slug', 'Don’t Look Now', 'dont-look-now'],
    ['slug', '羅生門', undefined],
    ['number', ' 7.5 ', 7.5],
    ['integer', '7.5', 8],
    ['date', '1998-06-12T23:00:00-08:00', '1998-06-12'],
    ['first', ['a', 'b'], 'a'],
    ['unique', ['a', 'b', 'a'], ['a', 'b']],
    [{ prefix: 'x:' }, ['a', 'b'], ['x:a', 'x:b']],
    [{ suffix: '!' }, 'a', 'a!'],
    [{ split: ',' }, 'a, b,,c', ['a', 'b', 'c']],
    [{ join: '/' }, ['a', 1], 'a/1'],
    [{ take: 2 }, ['a', 'b', 'c'], ['a', 'b']],
    [{ truncate: 3 }, 'abcd', 'abc'],
    [{ truncate: 2 }, 'a🎬', 'a'],
    [{ default: 'none' }, '', 'none'],
    [{ default: 'none' }, 0, 0],
    [{ table: { a: 'A', b: null } }, ['a', 'b', 'c'], ['A']],
    [{ table: { a: 'A', b: null }, otherwise: 'keep' }, ['a', 'b', 'c'], ['A', 'c']],
    [{ table: 'named' }, 'one', 1],
    [{ table: {} }, 'toString', undefined],
  ])('%j makes of %j: %j', (step, given, expected) => {
    expect(mapped({ from: 'x', steps: [step] }, { x: given }, { named: { one: 1 } })).toEqual(expected);
  });

  it('run in turn, and nothing passes through them', () => {
    const rule = {
      from: 'x',
      steps: ['trim', 'lowercase', { split: ' ' }, 'first', { prefix: 'w-' }, { default: 'none' }],
    };
    expect(mapped(rule, { x: ' Big FISH ' })).toBe('w-big');
    expect(mapped(rule, { x: null })).toBe('none');
  });
});

describe('a record', () => {
  it('becomes a program without the fields that gave nothing', () => {
    const map = mapOf({
      title: 'name',
      description: 'text',
      tags: 'kind',
      viewCount: { from: 'views', steps: ['integer'] },
    });
    expect(map.map({ id: 7, name: 1941, kind: 'war', views: '12', other: true })).toEqual({
      program: {
        ...{ contentType: 'movie', category: 'drama', language: 'en' },
        programId: '7',
        title: '1941',
        tags: ['war'],
        viewCount: 12,
      },
    });
  });

  it('that can not become a program is refused with the field and the reason', () => {
    const refused = (fields: Record<string, unknown>, record: unknown) => mapOf(fields).map(record);
    const number = { viewCount: { from: 'v', steps: ['number'] } };
    expect(refused(number, { id: 1, v: '1,204' })).toEqual({
      message: 'viewCount has "1,204" where a number is needed',
    });
    expect(refused(number, { id: 1, v: '0x10' })).toEqual({
      message: 'viewCount has "0x10" where a number is needed',
    });
    expect(refused(number, { id: 1, v: '1e999' })).toEqual({
      message: 'viewCount has "1e999" where a number is needed',
    });
    expect(refused({ title: 't' }, { id: 1, t: ['a'] })).toEqual({
      message: 'title has array where one text is needed',
    });
    expect(refused({ releaseDate: { from: 'd', steps: ['date'] } }, { id: 1, d: '12 June' })).toEqual({
      message: 'releaseDate has "12 June" where a date such as 1998-06-12 is needed',
    });
    expect(refused({ releaseDate: { date: { year: 'y', month: 'm' } } }, { id: 1, y: 1999, m: 13 })).toEqual({
      message:
        'releaseDate has {"year":1999,"month":13,"day":1} where year, month and day of a date are needed',
    });
    expect(refused({}, ['a'])).toEqual({ message: 'the record must be an object, was array' });
  });

  it('is not changed', () => {
    const record = Object.freeze({ id: 'a', cast: Object.freeze(['x', 'x']) });
    const map = mapOf({ tags: { from: 'cast', steps: ['unique', 'uppercase'] } });
    expect(map.map(record)).toMatchObject({ program: { tags: ['X'] } });
  });
});

describe('a map that is wrong', () => {
  it('is refused with every fault at its place, and what would be right', () => {
    const faults = faultsOf({
      field: {},
      tables: { t: { a: [] } },
      fields: {
        programId: 'id',
        title: { form: 'title' },
        contentType: 4,
        category: { from: 'a', value: 'b' },
        rating: 'r',
      },
    });
    expect(faults).toEqual([
      { path: '/field', message: 'is not known here: use fields, tables, description' },
      { path: '/tables/t/a', message: 'must be a text, a number or null, was array' },
      { path: '/fields/rating', message: expect.stringContaining('is not known here: use programId, title') },
      { path: '/fields/language', message: 'needs a rule: every program has it' },
      { path: '/fields/title', message: expect.stringContaining('must have exactly one of from, value') },
      { path: '/fields/contentType', message: 'must be a rule: a source path or an object, was number' },
      { path: '/fields/category', message: expect.stringContaining('; has from, value') },
    ]);
  });

  it.each<[unknown, string, RegExp]>([
    [{ from: 'a', than: [] }, '/than', /use from, steps/],
    [{ from: 'a..b' }, '/from', /must be a source path/],
    [{ from: 3 }, '/from', /must be a source path/],
    [{ from: 'a', steps: 'slug' }, '/steps', /must be a list of steps, was string/],
    [{ from: 'a', steps: ['slugify'] }, '/steps/0', /"slugify" is not a step: use text, trim/],
    [{ from: 'a', steps: ['prefix'] }, '/steps/0', /write it as \{"prefix": \.\.\.\}/],
    [{ from: 'a', steps: [{ prefix: 3 }] }, '/steps/0/prefix', /must be a text/],
    [{ from: 'a', steps: [{ take: 0 }] }, '/steps/0/take', /whole number from 1/],
    [{ from: 'a', steps: [{ take: 1, first: 1 }] }, '/steps/0/first', /use take/],
    [{ from: 'a', steps: [{ constructor: 1 }] }, '/steps/0', /must have exactly one of prefix/],
    [{ from: 'a', steps: ['constructor'] }, '/steps/0', /is not a step/],
    [{ from: 'a', steps: [{ table: 'genre' }] }, '/steps/0/table', /it has genres/],
    [{ from: 'a', steps: [{ table: 'genres', otherwise: 'no' }] }, '/steps/0/table', /"keep" or "drop"/],
    [{ template: '{title' }, '/template', /brace without its partner/],
    [{ template: '{}' }, '/template', /must be a source path/],
    [{ join: [] }, '/join', /at least one rule/],
    [{ join: ['a'], with: 1 }, '/join', /a text as "with"/],
    [{ hash: ['a'], length: 40 }, '/hash', /from 4 to 16/],
    [{ date: { month: 'm' } }, '/date', /a rule for "year"/],
    [{ date: { year: 'y', hour: 'h' } }, '/date/hour', /use year, month, day/],
    [{ object: [] }, '/object', /must be an object of rules, was array/],
    [JSON.parse('{"object":{"__proto__":"a"}}'), '/object/__proto__', /can not be used/],
  ])('%j', (rule, path, message) => {
    expect(faultsOfRule(rule, { genres: {} })).toContainEqual({
      path: `/fields/description${path}`,
      message: expect.stringMatching(message),
    });
  });

  it('is refused however deep it is nested', () => {
    const deep = JSON.parse(`${'{"firstOf":['.repeat(10_000)}"a"${']}'.repeat(10_000)}`);
    expect(faultsOfRule(deep)).toEqual([
      { path: expect.any(String), message: 'must be at most 32 levels deep' },
    ]);
    expect(faultsOf(null)).toEqual([{ path: '', message: 'must be an object, was null' }]);
  });
});
