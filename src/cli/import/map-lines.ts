import { readFile } from 'node:fs/promises';
import type { Line } from '../../domain/lines.ts';
import { parseJsonLine, printable } from '../../domain/program/program-line.ts';
import type { RecordMap } from '../../domain/program/record-map.ts';
import { readRecordMap } from '../../domain/program/record-map.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

/** Reads a map file. @throws {CommandError} with every fault at its place. */
export async function openRecordMap(path: string): Promise<RecordMap> {
  const parsed = parseJsonLine(await readText(path));
  if ('message' in parsed) throw new CommandError(EXIT.usage, `the map file ${path} ${parsed.message}`);
  const read = readRecordMap(parsed.value);
  if ('map' in read) return read.map;
  const faults = read.faults.map(({ path: place, message }) => `  ${place || '/'} ${printable(message)}`);
  throw new CommandError(EXIT.usage, [`the map file ${path} can not be used:`, ...faults].join('\n'));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(error as Error);
  }
}

function unreadable(cause: Error): CommandError {
  return new CommandError(EXIT.usage, `the map file can not be read: ${cause.message}`, { cause });
}

/** Lines of foreign records as lines of programs. One that can not be mapped becomes an error with the reason. */
export function mapLines(lines: readonly Line[], map: RecordMap): readonly Line[] {
  return lines.map((line) =>
    line.text === undefined || line.text.trim() === '' ? line : mapLine(line.line, line.text, map),
  );
}

function mapLine(line: number, text: string, map: RecordMap): Line {
  const parsed = parseJsonLine(text);
  if ('message' in parsed) return { line, error: parsed.message };
  const mapped = map.map(parsed.value);
  if ('message' in mapped) return { line, error: printable(mapped.message) };
  return { line, text: JSON.stringify(mapped.program) };
}
