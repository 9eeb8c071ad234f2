import type { Fault } from '../errors.ts';
import { checkDraft } from './check-draft.ts';
import type { ProgramDraft } from './program.ts';

/** The program of one line of JSON, or what is wrong with it. */
export function readProgramLine(text: string): { draft: ProgramDraft } | { message: string } {
  const parsed = parseJsonLine(text);
  if ('message' in parsed) return parsed;
  const checked = checkDraft(parsed.value);
  return checked.draft === undefined ? { message: faultsText(checked.faults) } : { draft: checked.draft };
}

/** The JSON value of one line, or what is wrong with it. */
export function parseJsonLine(text: string): { value: unknown } | { message: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { message: printable(`is not valid JSON: ${reason}`) };
  }
}

const FAULTS_SHOWN = 5;
const SERVER_MADE: ReadonlySet<string> = new Set(['version', 'createdAt', 'updatedAt']);

/** Faults as one short line that names each field. */
function faultsText(faults: readonly Fault[]): string {
  const shown = faults.slice(0, FAULTS_SHOWN).map(faultText).join('; ');
  const more = faults.length - FAULTS_SHOWN;
  return printable(shown) + (more > 0 ? `; and ${more} more` : '');
}

function faultText({ path, message }: Fault): string {
  const field = path.slice(1);
  if (field === '') return `the line ${message}`;
  return SERVER_MADE.has(field) ? `${field} is set by the service: leave it out` : `${field} ${message}`;
}

const MESSAGE_LENGTH = 400;

/**
 * A message cut to a length that a list of messages can carry. Messages quote what came in, and control characters could
 * move the cursor of the terminal that shows them: they are replaced.
 */
export function printable(message: string): string {
  const clean = message.toWellFormed().replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
  return clean.length > MESSAGE_LENGTH ? `${clean.slice(0, MESSAGE_LENGTH).toWellFormed()}…` : clean;
}
