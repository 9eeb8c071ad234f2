import type { RunnerTask, RunnerTestSuite } from 'vitest';
import { TestRunner } from 'vitest';
import { askForEngine } from './ask.ts';

/** Runs tests as vitest does, and skips, with the reason, those of which `require-engine.ts` says that they need what may be missing. */
// biome-ignore lint/style/noDefaultExport: vitest takes the default export of the file that `runner` names.
export default class EngineRunner extends TestRunner {
  override async onBeforeRunSuite(suite: RunnerTestSuite): Promise<void> {
    for (const name of suite.meta.engines ?? []) {
      const answer = await askForEngine(name);
      if (answer.state === 'missing' && answer.skip) skip(suite, `no ${name}: ${answer.reason}`);
    }
    await super.onBeforeRunSuite(suite);
  }
}

/** The suite still runs, as vitest reports tests one by one only then; its hooks, which set up what is missing, are taken out. */
function skip(task: RunnerTask, note: string): void {
  if (task.type === 'suite') {
    for (const hooks of Object.values(TestRunner.getSuiteHooks(task))) hooks.length = 0;
    for (const child of task.tasks) skip(child, note);
    return;
  }
  task.mode = 'skip';
  const result = { state: 'skip' as const, note }; // the reporters read `note`, which the type leaves out
  task.result = result;
}
