import { isPlainObject, isPrototypeName } from '../json.ts';

/**
 * Applies a JSON merge patch (RFC 7396, section 2): `null` removes a name, an object merges, anything else replaces.
 * Inputs stay as they are. Names that reach a prototype are never followed.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const result: Record<string, unknown> = isPlainObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (isPrototypeName(name)) continue;
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}
