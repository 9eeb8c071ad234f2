import type { JsonValue } from '../json.ts';
import { isPlainObject } from '../json.ts';
import { kindOf } from '../text.ts';
import type { Reading } from './record-map-reading.ts';
import { blame, inner, refuseOthers } from './record-map-reading.ts';
import type { Step } from './record-map-steps.ts';
import * as steps from './record-map-steps.ts';

type ReadStep = (given: unknown, options: Readonly<Record<string, unknown>>, at: Reading) => Step | undefined;

/** The steps that need a value, by name. */
const STEPS: Readonly<Record<string, ReadStep>> = {
  prefix: withText(steps.withPrefix),
  suffix: withText(steps.withSuffix),
  split: withText(steps.splitBy),
  join: withText(steps.joinedBy),
  truncate: withCount(steps.truncatedTo),
  take: withCount(steps.taking),
  default: (given) => steps.withDefault(given as JsonValue),
  table: readLookUp,
};

const UNCHANGED: Step = (value) => value;

/** Reads one step of a rule. What is wrong with it goes to `at.faults`. */
export function readStep(given: unknown, at: Reading): Step {
  if (typeof given === 'string') return plainStep(given, at);
  if (!isPlainObject(given)) return refused(at, `must be a step, was ${kindOf(given)}`);
  const names = Object.keys(STEPS).filter((name) => Object.hasOwn(given, name));
  const [name = ''] = names;
  const read = STEPS[name];
  if (read === undefined || names.length > 1) {
    return refused(
      at,
      `must have exactly one of ${Object.keys(STEPS).join(', ')}; has ${names.join(', ') || 'none'}`,
    );
  }
  refuseOthers(given, name === 'table' ? ['table', 'otherwise'] : [name], at);
  return read(given[name], given, inner(at, name)) ?? UNCHANGED;
}

function plainStep(name: string, at: Reading): Step {
  const step = Object.hasOwn(steps.PLAIN_STEPS, name) ? steps.PLAIN_STEPS[name] : undefined;
  if (step !== undefined) return step;
  if (Object.hasOwn(STEPS, name)) return refused(at, `needs a value: write it as {"${name}": ...}`);
  const known = [...Object.keys(steps.PLAIN_STEPS), ...Object.keys(STEPS)].join(', ');
  return refused(at, `"${name.slice(0, 64)}" is not a step: use ${known}`);
}

function refused(at: Reading, message: string): Step {
  blame(at, message);
  return UNCHANGED;
}

function withText(make: (text: string) => Step): ReadStep {
  return (given, _, at) => {
    if (typeof given === 'string' && given !== '') return make(given);
    return refused(at, 'must be a text of at least one character');
  };
}

function withCount(make: (count: number) => Step): ReadStep {
  return (given, _, at) => {
    if (Number.isInteger(given) && Number(given) > 0) return make(Number(given));
    return refused(at, 'must be a whole number from 1');
  };
}

function readLookUp(
  given: unknown,
  options: Readonly<Record<string, unknown>>,
  at: Reading,
): Step | undefined {
  const otherwise = options.otherwise ?? 'drop';
  if (otherwise !== 'keep' && otherwise !== 'drop')
    return refused(at, 'needs "keep" or "drop" as "otherwise"');
  const table = typeof given === 'string' ? at.tables.get(given) : readTable(given, at);
  if (table !== undefined) return steps.lookedUp(table, otherwise === 'keep');
  const known = [...at.tables.keys()].join(', ') || 'none';
  return refused(at, `is not the name of a table of this map: it has ${known}`);
}

/** Reads a table of texts and what they become: a text, a number, or `null` for nothing. */
export function readTable(given: unknown, at: Reading): ReadonlyMap<string, JsonValue> {
  if (!isPlainObject(given)) {
    blame(at, `must be an object of texts and what they become, was ${kindOf(given)}`);
    return new Map();
  }
  for (const [name, value] of Object.entries(given)) {
    const isValue = value === null || typeof value === 'string' || typeof value === 'number';
    if (!isValue) blame(inner(at, name), `must be a text, a number or null, was ${kindOf(value)}`);
  }
  return new Map(Object.entries(given as Record<string, JsonValue>));
}
