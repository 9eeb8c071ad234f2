import type { Fault } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import { isPlainObject, isPrototypeName } from '../json.ts';
import { kindOf } from '../text.ts';
import type { Rule, SourcePath } from './record-map-rules.ts';
import { constant, dateOf, filledIn, firstOf, fromPath, hashOf, joined, listed, objectOf } from './record-map-rules.ts';
import { readStep, type Tables } from './record-map-step-reader.ts';
import type { Step } from './record-map-steps.ts';

/** Where a reader stands in the map, and where it says what is wrong. */
export interface Reading {
  readonly path: string;
  readonly tables: Tables;
  readonly faults: Fault[];
}

type Options = Readonly<Record<string, unknown>>;
type Kind = (given: unknown, options: Options, at: Reading) => Rule;

const MAX_DEPTH = 12;
const NOTHING: Rule = () => undefined;

/** What a rule can be, by the name that makes it one. */
const KINDS: Readonly<Record<string, { readonly options: readonly string[]; readonly read: Kind }>> = {
  from: { options: [], read: (given, _, at) => fromPath(readPath(given, at)) },
  value: { options: [], read: (given) => constant(given as JsonValue) },
  template: { options: [], read: (given, _, at) => filledIn(readTemplate(given, at)) },
  firstOf: { options: [], read: (given, _, at) => firstOf(readRules(given, at)) },
  list: { options: [], read: (given, _, at) => listed(readRules(given, at)) },
  join: { options: ['with'], read: readJoin },
  hash: { options: ['length'], read: readHash },
  object: { options: [], read: (given, _, at) => objectOf(readNamedRules(given, at)) },
  date: { options: [], read: readDate },
};

/** Reads one rule: a text is short for `{ "from": text }`. What is wrong with it goes to `at.faults`. */
export function readRule(given: unknown, at: Reading): Rule {
  if (at.path.split('/').length > MAX_DEPTH * 2) return faulty(at, `must be at most ${MAX_DEPTH} rules deep`);
  if (typeof given === 'string') return fromPath(readPath(given, at));
  if (!isPlainObject(given)) return faulty(at, `must be a rule (a source path or an object), was ${kindOf(given)}`);
  const names = Object.keys(KINDS).filter((name) => Object.hasOwn(given, name));
  const [name = ''] = names;
  const kind = KINDS[name];
  if (kind === undefined || names.length > 1) {
    return faulty(at, `must have exactly one of ${Object.keys(KINDS).join(', ')}; has ${names.join(', ') || 'none'}`);
  }
  refuseOthers(given, [name, 'then', ...kind.options], at);
  const rule = kind.read(given[name], given, inner(at, name));
  return given['then'] === undefined ? rule : inTurn(rule, readSteps(given['then'], inner(at, 'then')));
}

function inTurn(rule: Rule, steps: readonly Step[]): Rule {
  return (record) => steps.reduce((value, step) => step(value), rule(record));
}

function readSteps(given: unknown, at: Reading): readonly Step[] {
  if (Array.isArray(given)) return given.map((step, index) => readStep(step, inner(at, String(index))));
  at.faults.push({ path: at.path, message: `must be a list of steps, was ${kindOf(given)}` });
  return [];
}

function readPath(given: unknown, at: Reading): SourcePath {
  const names = typeof given === 'string' ? given.split('.') : given;
  const isPath = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string' && name !== '');
  if (isPath) return names as SourcePath;
  faulty(at, 'must be a source path such as "title" or "rating.votes", or a list of names where a name has a dot in it');
  return [];
}

function readTemplate(given: unknown, at: Reading): readonly (string | Rule)[] {
  if (typeof given !== 'string') {
    faulty(at, `must be a text such as "{title} ({year})", was ${kindOf(given)}`);
    return [];
  }
  // Every second part of the split is what stood between braces.
  const parts = given.split(/\{([^{}]*)\}/);
  if (parts.some((part, index) => index % 2 === 0 && /[{}]/.test(part))) faulty(at, 'has a brace without its partner');
  return parts.map((part, index) => (index % 2 === 0 ? part : fromPath(readPath(part, at))));
}

function readRules(given: unknown, at: Reading): readonly Rule[] {
  if (Array.isArray(given) && given.length > 0) {
    return given.map((rule, index) => readRule(rule, inner(at, String(index))));
  }
  faulty(at, 'must be a list of at least one rule');
  return [];
}

export function readNamedRules(given: unknown, at: Reading): Readonly<Record<string, Rule>> {
  if (!isPlainObject(given)) {
    faulty(at, `must be an object of rules, was ${kindOf(given)}`);
    return {};
  }
  const names = Object.keys(given);
  for (const name of names.filter(isPrototypeName)) faulty(inner(at, name), 'is a name that can not be used');
  return Object.fromEntries(names.map((name) => [name, readRule(given[name], inner(at, name))]));
}

function readJoin(given: unknown, options: Options, at: Reading): Rule {
  const separator = options['with'] ?? '';
  if (typeof separator !== 'string') return faulty(at, `needs a text as "with", was ${kindOf(separator)}`);
  return joined(readRules(given, at), separator);
}

function readHash(given: unknown, options: Options, at: Reading): Rule {
  const length = options['length'] ?? 16;
  const isLength = Number.isInteger(length) && Number(length) >= 4 && Number(length) <= 16;
  if (!isLength) return faulty(at, 'needs a whole number from 4 to 16 as "length"');
  return hashOf(readRules(given, at), Number(length));
}

function readDate(given: unknown, _: Options, at: Reading): Rule {
  if (!isPlainObject(given) || given['year'] === undefined) {
    return faulty(at, 'must be an object with a rule for "year" and, where known, for "month" and "day"');
  }
  refuseOthers(given, ['year', 'month', 'day'], at);
  const part = (name: string): Rule => (given[name] === undefined ? NOTHING : readRule(given[name], inner(at, name)));
  return dateOf({ year: part('year'), month: part('month'), day: part('day') });
}

/** Says of each name that is not one of those allowed what would be. */
export function refuseOthers(given: object, allowed: readonly string[], at: Reading): void {
  for (const name of Object.keys(given).filter((key) => !allowed.includes(key))) {
    faulty(inner(at, name), `is not known here: use ${allowed.join(', ')}`);
  }
}

export function inner(at: Reading, name: string): Reading {
  return { ...at, path: `${at.path}/${name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}` };
}

export function faulty(at: Reading, message: string): Rule {
  at.faults.push({ path: at.path, message });
  return NOTHING;
}
