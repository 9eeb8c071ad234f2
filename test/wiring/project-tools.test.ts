import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mediamesh-tools-'));
});

afterEach(() => rmSync(root, { recursive: true }));

describe('scripts/check-links.ts', () => {
  const links = () => run('scripts/check-links.ts', root);

  it('accepts links to files, folders, headings and other hosts', () => {
    write(
      'README.md',
      '# Read *me*\n[a](docs/a.md) [b](docs/a.md#two-words-1 "title") [c](#read-me) ![d](docs)\n',
    );
    write(
      'docs/a.md',
      '## Two words\n## Two words\n[up]: ../README.md\n[web](https://example.org/none#x) <a id="x"></a> [x](#x)',
    );
    expect(links()).toMatchObject({ status: 0, stdout: '2 documents, 0 dead links\n' });
  });

  it('names each dead link with its document and line', () => {
    write('README.md', 'text\n[a](docs/none.md)\n');
    write('docs/a.md', '# Here\n\n[b](#there) <img src="none.png">\n[ref]: ../none.md\n');
    expect(links().status).toBe(1);
    expect(links().stderr.trim().split('\n')).toEqual([
      'README.md:2: docs/none.md: there is no such file',
      'docs/a.md:3: #there: there is no such heading',
      'docs/a.md:3: none.png: there is no such file',
      'docs/a.md:4: ../none.md: there is no such file',
    ]);
  });

  it('leaves code and what is installed alone', () => {
    write('README.md', '```\n[a](none.md)\n# no heading\n```\n`[b](none.md)`\n');
    write('node_modules/pkg/README.md', '[c](none.md)');
    expect(links()).toMatchObject({ status: 0, stdout: '1 documents, 0 dead links\n' });
  });
});

describe('scripts/count-tests.ts', () => {
  const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] };
  const report = (changes: object) => {
    write(
      'tests.json',
      JSON.stringify({
        ...{
          numPassedTests: 7,
          numFailedTests: 0,
          numPendingTests: 0,
          numTodoTests: 0,
          testResults: [passing],
        },
        ...changes,
      }),
    );
  };
  const count = (checkExit = 0, testExit = 0) =>
    run('scripts/count-tests.ts', join(root, 'tests.json'), `${checkExit}`, `${testExit}`);

  it('counts what passed and was skipped', () => {
    report({});
    expect(count()).toMatchObject({ status: 0, stdout: '7 passed, 0 failed\n' });
    report({ numPendingTests: 2, numTodoTests: 1 });
    expect(count()).toMatchObject({ status: 0, stdout: '7 passed, 0 failed, 3 skipped\n' });
  });

  it('counts failed tests once, and files that broke before they had any', () => {
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    const broken = { status: 'failed', assertionResults: [] };
    report({ numFailedTests: 1, testResults: [passing, failing, broken] });
    expect(count(0, 1)).toMatchObject({ status: 1, stdout: '7 passed, 2 failed\n' });
  });

  it('counts a failed check, and a run that ended badly though no test failed', () => {
    report({});
    expect(count(1, 0)).toMatchObject({ status: 1, stdout: '7 passed, 1 failed\n' });
    expect(count(0, 1)).toMatchObject({ status: 1, stdout: '7 passed, 1 failed\n' });
    expect(count(1, 137)).toMatchObject({ status: 1, stdout: '7 passed, 2 failed\n' });
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['half of one', '{"numPassedTests": 7,'],
  ])('counts a failure when the runner left %s as its report', (_, text) => {
    if (text !== undefined) write('tests.json', text);
    expect(count(0, 0)).toMatchObject({ status: 1, stdout: '0 passed, 1 failed\n' });
  });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function run(...command: string[]) {
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}
