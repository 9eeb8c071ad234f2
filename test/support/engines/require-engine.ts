import { TestRunner } from 'vitest';
import type { EngineName } from './engine.ts';

declare module 'vitest' {
  export interface TaskMeta {
    /** What the tests of a file or a `describe` can not do without. */
    engines?: EngineName[];
  }
}

/** Says that the file or the `describe` that is being read needs an engine; `engine-runner.ts` skips it where there may be none. */
export function requireEngine(name: EngineName): void {
  const { suite, file } = TestRunner.getCurrentSuite();
  const meta = suite === undefined || suite.name === '' ? file?.meta : suite.meta;
  if (meta === undefined) throw new Error(`${name} is asked for outside of a test file`);
  meta.engines = [...(meta.engines ?? []), name];
}
