/**
 * `node scripts/count-tests.ts REPORT CHECK_EXIT TEST_EXIT` prints "N passed, N failed", with ", N skipped" when some were, from
 * vitest's JSON report and the exit codes of the check and of the test run. Exits with 1 when anything failed.
 */
import { existsSync, readFileSync } from 'node:fs';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

const [path = '', checkExit, testExit] = process.argv.slice(2);
const report = readReport(path);
const skipped = report ? report.numPendingTests + report.numTodoTests : 0;
const failed = failuresOfTests() + (checkExit === '0' ? 0 : 1);

const counts = `${report?.numPassedTests ?? 0} passed, ${failed} failed`;
console.log(skipped > 0 ? `${counts}, ${skipped} skipped` : counts);
process.exitCode = failed > 0 ? 1 : 0;

/** A run that ended badly has failed once, whatever its tests say: a crash or an unhandled rejection belongs to no test. */
function failuresOfTests(): number {
  const inTests = report ? report.numFailedTests + brokenFiles(report) : 0;
  const endedBadly = testExit !== '0' || !report;
  return endedBadly ? Math.max(inTests, 1) : inTests;
}

/** Files that failed to load or to set up: they count no failed test of their own. */
function brokenFiles(of: Report): number {
  const hasFailedTest = (file: Report['testResults'][number]) =>
    file.assertionResults.some((test) => test.status === 'failed');
  return of.testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file)).length;
}

/** Undefined when the runner died before it wrote one, or while it did. */
function readReport(file: string): Report | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`${file} is no complete test report: ${error}`);
    return undefined;
  }
}
