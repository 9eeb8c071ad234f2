import type { Fault } from '../errors.ts';
import { ValidationFailed } from '../errors.ts';
import { isPlainObject } from '../json.ts';
import { checkDraft } from '../program/check-draft.ts';
import { kindOf } from '../text.ts';
import type { DocumentContent } from './document.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'contentId',
  'type',
  'title',
  'description',
  'category',
  'language',
  'tags',
]);

/** What a document field is called as a program's field, and back in the faults. */
const PROGRAM_NAMES: Readonly<Record<string, string>> = { contentId: 'programId', type: 'contentType' };
const DOCUMENT_NAMES: Readonly<Record<string, string>> = { programId: 'contentId', contentType: 'type' };

/**
 * Checks a foreign value against the rules of a search document, which are those of a program's fields.
 * @throws {ValidationFailed}
 */
export function checkDocument(contentId: string | undefined, input: unknown): DocumentContent {
  if (!isPlainObject(input))
    throw new ValidationFailed([{ path: '', message: `must be an object, was ${kindOf(input)}` }]);
  const faults = [...idFaults(contentId, input), ...unknownFaults(input)];
  const asProgram = Object.entries(input).filter(([name]) => FIELDS.has(name));
  const { draft, faults: fieldFaults = [] } = checkDraft({
    ...Object.fromEntries(asProgram.map(([name, value]) => [PROGRAM_NAMES[name] ?? name, value])),
    ...(contentId !== undefined && { programId: contentId }),
  });
  const all = [...faults, ...fieldFaults.map(renamed)];
  if (draft === undefined || all.length > 0) throw new ValidationFailed(all);
  const { title, description, category, language, tags } = draft;
  return {
    contentId: draft.programId,
    type: draft.contentType,
    title,
    description,
    category,
    language,
    tags,
  };
}

function idFaults(contentId: string | undefined, input: Record<string, unknown>): readonly Fault[] {
  const given = input.contentId;
  if (contentId === undefined || given === undefined || given === contentId) return [];
  return [{ path: '/contentId', message: `must be the id of the address, ${contentId}, or left out` }];
}

function unknownFaults(input: Record<string, unknown>): readonly Fault[] {
  const unknown = Object.keys(input).filter((name) => !FIELDS.has(name));
  return unknown.map((name) => ({
    path: `/${name.slice(0, 64).toWellFormed()}`,
    message: 'is not a field of a search document',
  }));
}

function renamed({ path, message }: Fault): Fault {
  const name = path.slice(1);
  return { path: `/${DOCUMENT_NAMES[name] ?? name}`, message };
}
