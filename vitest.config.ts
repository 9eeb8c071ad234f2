import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** `.ci/run` counts tests from a report of its own; the command a person types stays the plain `npm test`. */
const report = process.env.MEDIAMESH_TEST_REPORT;

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/support/engines/global-setup.ts'],
    runner: fileURLToPath(new URL('./test/support/engines/engine-runner.ts', import.meta.url)),
    // Tests start servers and child processes: processes of their own keep a crash inside one file.
    pool: 'forks',
    maxWorkers: 2,
    // Beside a journey that kills and starts processes all the time, what takes seconds alone takes many.
    testTimeout: 45_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
