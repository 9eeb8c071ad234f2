import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** `.ci/run` counts tests from a report of its own; the command a person types stays the plain `npm test`. */
const report = process.env.MEDIAMESH_TEST_REPORT;

/** Tests that kill, replace or measure what a process has but once: its children, modules, memory and environment. */
const NEED_A_PROCESS = [
  'test/{cli,journeys,support,wiring}/**/*.test.ts',
  'test/adapters/postgres/embedded/**/*.test.ts',
  'test/adapters/dynamodb/client.test.ts',
  // Beside other files its TLS handshake hung now and then, for as long as it was let; the cause is not known.
  'test/adapters/dynamodb/store-errors.test.ts',
  'test/domain/lines.test.ts',
  'test/http/openapi.test.ts',
  'test/http/rate-limit/remembered.test.ts',
];

/** What `npm run test:fast` leaves out: tests that need an engine, by their names, and those that take long. */
const SLOW = [
  'test/**/{postgres,redis,dynamodb}*',
  'test/**/{postgres,redis,dynamodb}*/**',
  'test/**/embedded*',
  'test/{journeys,wiring,cli}/**',
  'test/http/fuzz/**',
  'test/support/{engines,programs}/**',
];

export default defineConfig(({ mode }) => {
  const leftOut = mode === 'fast' ? SLOW : [];
  return {
    test: {
      environment: 'node',
      globalSetup: ['./test/support/engines/global-setup.ts'],
      runner: fileURLToPath(new URL('./test/support/engines/engine-runner.ts', import.meta.url)),
      // Tests start servers and child processes: in a thread a crash would end the whole run.
      pool: 'forks',
      // Tests wait for engines and processes: with two at once a seventh of two cores was idle, with three a twentieth.
      maxWorkers: 3,
      projects: [
        { test: { name: 'alone', include: NEED_A_PROCESS, exclude: leftOut } },
        {
          // A process for each file, which reads every module anew, costs more than the tests of most files do.
          test: {
            name: 'together',
            isolate: false,
            include: ['test/**/*.test.ts'],
            exclude: [...NEED_A_PROCESS, ...leftOut],
          },
        },
      ],
      // Beside a journey that kills and starts processes all the time, what takes seconds alone takes many.
      testTimeout: 45_000,
      hookTimeout: 120_000,
      teardownTimeout: 20_000,
      reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    },
  };
});
