import { DomainError } from './errors.ts';
import { stableHash } from './stable-hash.ts';

/**
 * Where a scan of a store goes on, as text. `store` names whose scan it is, with all that the place depends on: a cursor of one is
 * no cursor of another.
 */
export function writeScanCursor(store: string, place: readonly string[]): string {
  const json = JSON.stringify(place);
  return `${Buffer.from(json).toString('base64url')}.${checkOf(store, json)}`;
}

/**
 * The place in a cursor that {@link writeScanCursor} made for the same store.
 * @throws {DomainError} `invalid-cursor`
 */
export function readScanCursor(store: string, cursor: string): readonly string[] {
  const [text = '', check] = cursor.split('.');
  const json = Buffer.from(text, 'base64url').toString('utf8');
  const place = JSON.parse(check === checkOf(store, json) ? json : '[]') as readonly string[];
  if (writeScanCursor(store, place) !== cursor)
    throw new DomainError(
      'invalid-cursor',
      `the cursor is none of a scan of ${store}: begin again without a cursor`,
    );
  return place;
}

function checkOf(store: string, json: string): string {
  return stableHash(`${store}\n${json}`);
}
