import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Tree } from './clean-house.ts';
import { CLEAN_HOUSE } from './clean-house.ts';
import { VIOLATIONS } from './planted-violations.ts';

let options: ICruiseOptions;
let rules: IForbiddenRuleType[];
const trees: string[] = [];

beforeAll(async () => {
  const config = await extractDepcruiseConfig(resolve('.dependency-cruiser.mjs'));
  rules = config.forbidden ?? [];
  options = { ...config.options, ruleSet: { forbidden: rules }, validate: true };
});

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

describe('layer boundaries', () => {
  it('let a house that keeps to its layers pass', async () => {
    expect(await rulesBrokenBy({})).toEqual([]);
  });

  it('have a planted violation each, and say why they are there', () => {
    expect(Object.keys(VIOLATIONS).sort()).toEqual(rules.map((rule) => rule.name ?? '').sort());
    for (const rule of rules)
      expect(rule, rule.name ?? '').toMatchObject({ severity: 'error', comment: /\w+ \w+/ });
  });

  for (const [name, violations] of Object.entries(VIOLATIONS)) {
    it.each(violations.map((tree) => [Object.entries(tree).at(-1)?.join(': ') ?? '', tree] as const))(
      `${name}: %s`,
      async (_, tree) => expect(await rulesBrokenBy(tree)).toEqual([name]),
    );
  }
});

async function rulesBrokenBy(extra: Tree): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'mediamesh-boundaries-'));
  trees.push(root);
  for (const [path, text] of Object.entries({ ...CLEAN_HOUSE, ...extra })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { output } = await cruise(['src'], { ...options, baseDir: root });
  if (typeof output === 'string') throw new Error(`expected a result, got a report: ${output}`);
  return [...new Set(output.summary.violations.map((violation) => violation.rule.name))].sort();
}
