import type { Fault } from '../errors.ts';
import { isPlainObject, isPrototypeName } from '../json.ts';
import { cleanTextFault, kindOf } from '../text.ts';
import { PROGRAM_LIMITS } from './program.ts';

/** Says what is wrong with a program's metadata: its first fault, or none. */
export function metadataFaults(value: unknown): readonly Fault[] {
  if (!isPlainObject(value))
    return [{ path: '/metadata', message: `must be an object, was ${kindOf(value)}` }];
  const fault = nodeFault(value, 1) ?? sizeFault(value);
  return fault === undefined ? [] : [{ path: '/metadata', message: fault }];
}

function nodeFault(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return prefixed('texts in it', cleanTextFault(value, true));
  if (typeof value === 'number') return numberFault(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > PROGRAM_LIMITS.metadataDepth)
    return `must be at most ${PROGRAM_LIMITS.metadataDepth} levels deep`;
  for (const [name, inner] of Object.entries(value)) {
    const fault = nameFault(name) ?? nodeFault(inner, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function nameFault(name: string): string | undefined {
  if (isPrototypeName(name)) return `must not use the name ${name}`;
  return prefixed('names in it', cleanTextFault(name, false));
}

// A JSON integer past 2^53 has lost digits by the time it is parsed: better refused than kept as another number.
function numberFault(value: number): string | undefined {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return 'must not have numbers past 2^53-1: write them as strings';
  }
  return undefined;
}

function sizeFault(value: Record<string, unknown>): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  if (bytes <= PROGRAM_LIMITS.metadataBytes) return undefined;
  return `must be at most ${PROGRAM_LIMITS.metadataBytes} bytes of JSON, was ${bytes}`;
}

function prefixed(subject: string, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `${subject} ${fault}`;
}
