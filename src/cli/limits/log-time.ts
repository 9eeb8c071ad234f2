/** Unix seconds of the year 5138, and as milliseconds a day of 1973. */
const FIRST_MILLISECONDS = 1e11;
/** The year 5138. */
const LAST_MILLISECONDS = 1e14;

const NUMBER = /^\d{1,16}(?:\.\d{1,9})?$/;
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * A time of a log as whole milliseconds since the epoch, or `undefined` where it is none: ISO 8601 (without a zone: UTC), or Unix time
 * as a number or digits, below 10^11 in seconds and from there on in milliseconds.
 */
export function readLogTime(value: unknown): number | undefined {
  if (typeof value === 'number') return fromUnix(value);
  if (typeof value !== 'string') return undefined;
  return NUMBER.test(value) ? fromUnix(Number(value)) : fromIso(value);
}

function fromUnix(value: number): number | undefined {
  if (!(value >= 0 && value < LAST_MILLISECONDS)) return undefined;
  return value < FIRST_MILLISECONDS ? Math.round(value * 1000) : Math.floor(value);
}

function fromIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day, minute, second = ':00', zone = 'Z'] = match;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${day}T${minute}${second.replace(',', '.')}${offset.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : ms;
}
