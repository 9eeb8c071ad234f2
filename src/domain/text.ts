/** What a text field takes. Lengths are in UTF-16 code units, as JSON Schema's `maxLength` is close to and JavaScript counts. */
export interface TextRule {
  readonly min: number;
  readonly max: number;
  /** Allow line feed, carriage return and tab. Other control characters are never allowed. */
  readonly multiline?: boolean;
}

// C0 controls, DEL and C1 controls. NUL is among them: Postgres can not store it in `text` or `jsonb`.
const CONTROL = /[\p{Cc}]/u;
const CONTROL_BUT_LINES = /[^\P{Cc}\t\n\r]/u;

/** Says what is wrong with a text, or `undefined` when it is right. */
export function textFault(value: unknown, rule: TextRule): string | undefined {
  if (typeof value !== 'string') return `must be a string, was ${kindOf(value)}`;
  if (value.length < rule.min) return `must have at least ${rule.min} character${rule.min === 1 ? '' : 's'}`;
  if (value.length > rule.max) return `must have at most ${rule.max} characters, had ${value.length}`;
  return cleanTextFault(value, rule.multiline ?? false);
}

/** Refuses what stores can not keep unchanged: control characters (NUL included) and lone surrogates. */
export function cleanTextFault(value: string, multiline: boolean): string | undefined {
  if (!value.isWellFormed()) return 'must be well-formed Unicode: it has a lone surrogate';
  if ((multiline ? CONTROL_BUT_LINES : CONTROL).test(value)) return 'must not have control characters';
  return undefined;
}

/** The JSON name of a value's type, for error messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Orders two strings by code point, as a UTF-8 database does under the `C` collation. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = codePointRank(a.charCodeAt(index)) - codePointRank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

// UTF-16 puts surrogates (which stand for U+10000 and up) below U+E000..U+FFFF; code-point order puts them above.
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
