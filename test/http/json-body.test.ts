import { describe, expect, it } from 'vitest';
import { parseJsonBody } from '../../src/http/json-body.ts';

const parse = (text: string | Buffer) => parseJsonBody(Buffer.from(text as string));

describe('a JSON body', () => {
  it.each(['{"a":[1,"x",null,true,{"b":1.5e3}]}', '[]', '"text"', ' null ', '\ufeff{}'])(
    'is read: %s',
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text.replace('\ufeff', '')));
    },
  );

  it.each([
    ['', 'malformed-json', 'empty'],
    ['{"a":', 'malformed-json', 'ends too early'],
    ['{"a" 1}', 'malformed-json', "Expected ':' after property name in JSON at position 5"],
    ['{"secret": zzz}', 'malformed-json', "Unexpected token 'z'"],
    [Buffer.from([0x22, 0xff, 0x22]), 'malformed-json', 'UTF-8'],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'malformed-json', 'UTF-8'],
    ['{"__proto__":{"a":1}}', 'validation-failed', '__proto__'],
    ['{"a":{"constructor":{"prototype":{}}}}', 'validation-failed', 'constructor'],
    ['{"a":"x\\u0000y"}', 'validation-failed', 'NUL'],
    ['{"a\\u0000":1}', 'validation-failed', 'NUL'],
    ['{"a":"\\ud800"}', 'validation-failed', 'surrogate'],
    ['{"a":[{"b":"\\udc00x"}]}', 'validation-failed', 'surrogate'],
    ['{"\\ud800":1}', 'validation-failed', 'surrogate'],
    ['{"a":1e999}', 'validation-failed', 'number'],
    ['[-1e999]', 'validation-failed', 'number'],
  ])('is refused: %s', (text, code, word) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(word) }),
    );
  });

  it('names where the fault is, as a JSON Pointer', () => {
    expect(() => parse('{"a":[{"b/c~d":"\\u0000"}]}')).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ path: '/a/0/b~1c~0d' })] }),
    );
  });

  it('does not repeat the body', () => {
    expect(() => parse('{"password": hunter2}')).toThrow(expect.not.objectContaining({ message: /hunter2/ }));
  });

  it.each([33, 20_000])('is refused %d levels deep, not followed', (depth) => {
    expect(() => parse('['.repeat(depth) + ']'.repeat(depth))).toThrow('32 levels');
    expect(() => parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)).toThrow('32 levels');
  });

  it('is read 32 levels deep', () => {
    expect(() => parse('['.repeat(32) + ']'.repeat(32))).not.toThrow();
  });
});
