import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { WriteCondition } from '../ports/program-catalog.ts';
import { HttpProblem } from './problems.ts';

/** The strong tag of a program: its version says everything about its bytes. */
export function versionTag(version: number): string {
  return `"v${version}"`;
}

/** The tag of a migration's control record: the rest of what is answered with it may move on under it. */
export function epochTag(epoch: number): string {
  return `"e${epoch}"`;
}

/** A strong tag made of the bytes themselves, for answers that have no version. */
export function bytesTag(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

/** `*`, or the tags of a header as they were written, `W/` included. */
type TagList = '*' | readonly string[];

// One member of a list, maybe empty, with the comma or the end behind it. An entity tag is a quoted string without
// spaces, quotes and controls; W/ marks a weak one (RFC 9110, section 8.8.3). Sticky, so a list is read in one pass.
const MEMBER = /[ \t]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")?[ \t]*(?:,|$)/y;
const VERSION_TAG = /^"v([1-9]\d{0,15})"$/;
const EPOCH_TAG = /^"e(0|[1-9]\d{0,15})"$/;
/** No client of ours has more than one; a list this long is an attack or a fault. */
const MAX_HEADER = 4096;

function tagList(name: 'If-Match' | 'If-None-Match', value: string): TagList {
  if (value.trim() === '*') return '*';
  const tags = value.length <= MAX_HEADER ? readTags(value) : [];
  if (tags.length > 0) return tags;
  throw new HttpProblem('malformed-header', `${name} must be * or a list of entity tags, for example "v3"`);
}

/** The tags of a list; none when it is not one. */
function readTags(value: string): readonly string[] {
  const tags: string[] = [];
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < value.length) {
    const member = MEMBER.exec(value);
    if (member === null) return [];
    if (member[1] !== undefined) tags.push(member[1]);
  }
  return tags;
}

/** Whether a read needs no body: `If-None-Match` names the tag, by weak comparison (RFC 9110, section 13.1.2). */
export function isNotModified(headers: IncomingHttpHeaders, etag: string): boolean {
  const given = headers['if-none-match'];
  if (given === undefined) return false;
  const tags = given === etag ? '*' : tagList('If-None-Match', given);
  return tags === '*' || tags.some((tag) => tag === etag || tag === `W/${etag}`);
}

/** Whether a read is refused: `If-Match` does not name the tag, by strong comparison (RFC 9110, section 13.1.1). */
export function failsIfMatch(headers: IncomingHttpHeaders, etag: string): boolean {
  const given = headers['if-match'];
  if (given === undefined) return false;
  const tags = tagList('If-Match', given);
  return tags !== '*' && !tags.includes(etag);
}

/**
 * What a write to a program asks of the stored one. A weak tag never matches, and neither does a tag that is none of
 * ours: a list of only such names no version, so the write is refused whatever is stored.
 */
export function writeCondition(headers: IncomingHttpHeaders, createOnly: boolean): WriteCondition {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    checkCreateOnly(ifNoneMatch, ifMatch, createOnly);
    return { kind: 'absent' };
  }
  if (ifMatch === undefined) return { kind: 'any' };
  const tags = tagList('If-Match', ifMatch);
  return tags === '*'
    ? { kind: 'present' }
    : { kind: 'version', versions: tags.flatMap((tag) => numberOf(VERSION_TAG, tag)) };
}

function checkCreateOnly(ifNoneMatch: string, ifMatch: string | undefined, createOnly: boolean): void {
  const wrong = (message: string) => new HttpProblem('malformed-header', message);
  if (!createOnly) throw wrong('this call takes If-Match, not If-None-Match');
  if (ifNoneMatch.trim() !== '*') throw wrong('If-None-Match must be * on a write: create only');
  if (ifMatch !== undefined) throw wrong('If-Match and If-None-Match exclude each other: send one of them');
}

/**
 * The epoch that a step asks the control record to be at; `undefined`: any. Of several tags the one that is `current` is meant.
 * @throws {HttpProblem} `version-conflict` when none of them is
 */
export async function expectedEpoch(
  headers: IncomingHttpHeaders,
  current: () => Promise<number>,
): Promise<number | undefined> {
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) return undefined;
  const tags = tagList('If-Match', ifMatch);
  if (tags === '*') return undefined;
  const [epoch, ...others] = tags.flatMap((tag) => numberOf(EPOCH_TAG, tag));
  if (epoch !== undefined && others.length === 0) return epoch;
  const now = await current();
  if (epoch === now || others.includes(now)) return now;
  throw new HttpProblem('version-conflict', `the control record has the tag ${epochTag(now)}`);
}

function numberOf(form: RegExp, tag: string): number[] {
  const number = Number(form.exec(tag)?.[1]);
  return Number.isSafeInteger(number) ? [number] : [];
}
