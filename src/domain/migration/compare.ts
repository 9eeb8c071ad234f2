import type { ComparisonClass } from '../../ports/comparisons.ts';
import type { CopiedSet, CopyRead, TruthState } from './copied-set.ts';

/** What the comparison of a key came to; `new` is the copy, `old` the truth. */
export interface Comparison {
  readonly key: string;
  readonly class: ComparisonClass;
  readonly truthVersion: number | null;
  readonly copyVersion: number | null;
  /** JSON pointers of what differs; no values. */
  readonly paths: readonly string[];
}

type Compared<Value> = Pick<CopiedSet<Value>, 'mustHave' | 'differences'>;

/** Compares what the truth says of a key with its copy, by meaning. */
export function compareCopy<Value>(
  set: Compared<Value>,
  key: string,
  truth: TruthState<Value> | undefined,
  copy: CopyRead<Value>,
): Comparison {
  const truthVersion = truth?.version ?? null;
  const copyVersion = 'version' in copy ? (copy.version ?? null) : null;
  const { name, paths } = classify(set, truth, copy);
  return { key, class: name, truthVersion, copyVersion, paths };
}

interface Verdict {
  readonly name: ComparisonClass;
  readonly paths: readonly string[];
}

type Found<Value> = Extract<CopyRead<Value>, { outcome: 'hit' } | { outcome: 'tombstone' }>;

function isFound<Value>(copy: CopyRead<Value>): copy is Found<Value> {
  return copy.outcome === 'hit' || copy.outcome === 'tombstone';
}

function classify<Value>(
  set: Compared<Value>,
  truth: TruthState<Value> | undefined,
  copy: CopyRead<Value>,
): Verdict {
  if (copy.outcome === 'undecodable') return verdict('undecodable');
  if (!isFound(copy)) {
    const isMissing = truth?.value !== undefined && set.mustHave(truth.value);
    return verdict(isMissing ? 'new-missing' : 'match');
  }
  // A tombstone of what never was does no harm: it answers as the truth does.
  if (truth === undefined) return verdict(copy.outcome === 'hit' ? 'old-missing' : 'match');
  if (copy.version < truth.version) return verdict('new-older');
  if (copy.version > truth.version) return verdict('new-newer');
  return sameVersion(set, truth, copy);
}

function sameVersion<Value>(set: Compared<Value>, truth: TruthState<Value>, copy: Found<Value>): Verdict {
  const value = copy.outcome === 'hit' ? copy.value : undefined;
  if (truth.value === undefined || value === undefined) {
    return truth.value === value ? verdict('match') : verdict('same-version-different', ['']);
  }
  const paths = set.differences(truth.value, value);
  return paths.length === 0 ? verdict('match') : verdict('same-version-different', paths);
}

function verdict(name: ComparisonClass, paths: readonly string[] = []): Verdict {
  return { name, paths };
}
