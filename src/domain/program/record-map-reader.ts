import type { JsonValue } from '../json.ts';
import { isPlainObject, isPrototypeName } from '../json.ts';
import { kindOf } from '../text.ts';
import type { Reading } from './record-map-reading.ts';
import { blame, inner, refuseOthers } from './record-map-reading.ts';
import type { Rule, SourcePath } from './record-map-rules.ts';
import * as rules from './record-map-rules.ts';
import { readStep } from './record-map-step-reader.ts';
import type { Step } from './record-map-steps.ts';

type Options = Readonly<Record<string, unknown>>;
type ReadKind = (given: unknown, options: Options, at: Reading) => Rule;

const MAX_DEPTH = 32;
const NOTHING: Rule = () => undefined;

/** What a rule can be, by the name that makes it one. */
const KINDS: Readonly<Record<string, { readonly options: readonly string[]; readonly read: ReadKind }>> = {
  from: { options: [], read: (given, _, at) => rules.fromPath(readPath(given, at)) },
  value: { options: [], read: (given) => rules.constant(given as JsonValue) },
  template: { options: [], read: (given, _, at) => rules.filledIn(readTemplate(given, at)) },
  firstOf: { options: [], read: (given, _, at) => rules.firstOf(readRules(given, at)) },
  list: { options: [], read: (given, _, at) => rules.listed(readRules(given, at)) },
  join: { options: ['with'], read: readJoin },
  hash: { options: ['length'], read: readHash },
  object: { options: [], read: (given, _, at) => rules.objectOf(readNamedRules(given, at)) },
  date: { options: [], read: readDate },
};
const KIND_NAMES = Object.keys(KINDS);

/** Reads one rule: a text is short for `{ "from": text }`. What is wrong with it goes to `at.faults`. */
function readRule(given: unknown, at: Reading): Rule {
  if (at.depth > MAX_DEPTH) return refused(at, `must be at most ${MAX_DEPTH} levels deep`);
  if (typeof given === 'string') return rules.fromPath(readPath(given, at));
  if (!isPlainObject(given))
    return refused(at, `must be a rule: a source path or an object, was ${kindOf(given)}`);
  const names = KIND_NAMES.filter((name) => Object.hasOwn(given, name));
  const [name = ''] = names;
  const kind = KINDS[name];
  if (kind === undefined || names.length > 1) {
    return refused(
      at,
      `must have exactly one of ${KIND_NAMES.join(', ')}; has ${names.join(', ') || 'none'}`,
    );
  }
  refuseOthers(given, [name, 'steps', ...kind.options], at);
  const rule = kind.read(given[name], given, inner(at, name));
  return given.steps === undefined ? rule : inTurn(rule, readSteps(given.steps, inner(at, 'steps')));
}

function inTurn(rule: Rule, steps: readonly Step[]): Rule {
  return (record) => {
    let value = rule(record);
    for (const step of steps) value = step(value);
    return value;
  };
}

function readSteps(given: unknown, at: Reading): readonly Step[] {
  if (Array.isArray(given)) return given.map((step, index) => readStep(step, inner(at, String(index))));
  blame(at, `must be a list of steps, was ${kindOf(given)}`);
  return [];
}

function readPath(given: unknown, at: Reading): SourcePath {
  const names: unknown = typeof given === 'string' ? given.split('.') : given;
  if (
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((name) => typeof name === 'string' && name !== '')
  ) {
    return names;
  }
  blame(
    at,
    'must be a source path such as "title" or "rating.votes", or a list of names where one has a dot in it',
  );
  return [];
}

function readTemplate(given: unknown, at: Reading): readonly (string | Rule)[] {
  if (typeof given !== 'string') {
    blame(at, `must be a text such as "{title} ({year})", was ${kindOf(given)}`);
    return [];
  }
  // Every second part of the split is what stood between braces.
  const parts = given.split(/\{([^{}]*)\}/);
  const isTorn = parts.some((part, index) => index % 2 === 0 && /[{}]/.test(part));
  if (isTorn) blame(at, 'has a brace without its partner');
  return parts.map((part, index) => (index % 2 === 0 ? part : rules.fromPath(readPath(part, at))));
}

function readRules(given: unknown, at: Reading): readonly Rule[] {
  if (Array.isArray(given) && given.length > 0) {
    return given.map((rule, index) => readRule(rule, inner(at, String(index))));
  }
  blame(at, 'must be a list of at least one rule');
  return [];
}

/** Reads an object of rules. */
export function readNamedRules(given: unknown, at: Reading): Readonly<Record<string, Rule>> {
  if (!isPlainObject(given)) {
    blame(at, `must be an object of rules, was ${kindOf(given)}`);
    return {};
  }
  const names = Object.keys(given);
  for (const name of names.filter(isPrototypeName)) blame(inner(at, name), 'is a name that can not be used');
  return Object.fromEntries(names.map((name) => [name, readRule(given[name], inner(at, name))]));
}

function readJoin(given: unknown, options: Options, at: Reading): Rule {
  const separator = options.with ?? '';
  if (typeof separator !== 'string') return refused(at, `needs a text as "with", was ${kindOf(separator)}`);
  return rules.joined(readRules(given, at), separator);
}

function readHash(given: unknown, options: Options, at: Reading): Rule {
  const length = options.length ?? 16;
  const isLength = Number.isInteger(length) && Number(length) >= 4 && Number(length) <= 16;
  if (!isLength) return refused(at, 'needs a whole number from 4 to 16 as "length"');
  return rules.hashOf(readRules(given, at), Number(length));
}

function readDate(given: unknown, _: Options, at: Reading): Rule {
  if (!isPlainObject(given) || given.year === undefined) {
    return refused(at, 'must be an object with a rule for "year" and, where known, for "month" and "day"');
  }
  refuseOthers(given, ['year', 'month', 'day'], at);
  const part = (name: string): Rule => {
    return given[name] === undefined ? NOTHING : readRule(given[name], inner(at, name));
  };
  return rules.dateOf({ year: part('year'), month: part('month'), day: part('day') });
}

function refused(at: Reading, message: string): Rule {
  blame(at, message);
  return NOTHING;
}
