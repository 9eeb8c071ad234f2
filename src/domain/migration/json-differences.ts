import { isPlainObject } from '../json.ts';

/** More would say nothing more to whoever looks at them. */
const MOST_PATHS = 20;

/**
 * JSON pointers (RFC 6901) of where two values differ, at most 20. Compared by meaning: dates by their instant, a field that is
 * `undefined` as one that is absent; the order of an object's names does not count, that of an array does.
 */
export function jsonDifferences(a: unknown, b: unknown): readonly string[] {
  const paths: string[] = [];
  collect(a, b, '', paths);
  return paths;
}

function collect(a: unknown, b: unknown, path: string, paths: string[]): void {
  // 0 and -0 are one number in every store.
  if (paths.length >= MOST_PATHS || a === b) return;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.max(a.length, b.length); at += 1)
      collect(a[at], b[at], `${path}/${at}`, paths);
  } else if (isRecord(a) && isRecord(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      collect(a[name], b[name], `${path}/${escaped(name)}`, paths);
    }
  } else if (!isSameInstant(a, b)) {
    paths.push(path);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isPlainObject(value) && !(value instanceof Date);
}

function isSameInstant(a: unknown, b: unknown): boolean {
  return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
