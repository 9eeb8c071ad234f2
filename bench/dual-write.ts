import { manyDrafts } from './support/many-programs.ts';
import type { BenchMigration } from './support/migration.ts';
import { call, openBenchMigration } from './support/migration.ts';
import { openLoop } from './support/open-loop.ts';
import { print, printFigure, printHeader, printMethod, quantile, timesLine } from './support/report.ts';

/** What dual write costs a caller: a catalogue write in `dual-write`, the relay at work, beside one in `off`. */

const PER_SECOND = 100;
const SECONDS = 10;
const BLOCKS = ['off', 'dual-write', 'dual-write', 'off', 'off', 'dual-write', 'dual-write', 'off'] as const;
const GOAL = 1.15;

type Measured = (typeof BLOCKS)[number];

async function measure(bench: BenchMigration): Promise<void> {
  const { cradle, setPhase, drained } = bench;
  const times: Record<Measured, number[]> = { off: [], 'dual-write': [] };
  cradle.relays.start();
  let round = 0;
  for (const phase of ['off', ...BLOCKS] as const) {
    await setPhase(phase);
    const drafts = manyDrafts(PER_SECOND * SECONDS, `round-${round}`);
    const send = async (draft: (typeof drafts)[number]) => {
      await cradle.programCatalog.put(draft, { kind: 'any' }, new Date(), call);
      // As a write of the service does it.
      cradle.relays.nudge();
    };
    const timed = await openLoop({ requests: drafts, perSecond: PER_SECOND, send });
    await drained();
    // The first round warms up.
    if (round > 0) times[phase].push(...timed.map(({ latencyMs }) => latencyMs));
    round += 1;
  }
  print('');
  for (const phase of ['off', 'dual-write'] as const)
    printFigure(`a write in ${phase}`, timesLine(times[phase]));
  const ratio = quantile(times['dual-write'], 0.5) / quantile(times.off, 0.5);
  printFigure('dual-write beside off, p50', ratio.toFixed(2), {
    text: `at most ${GOAL}`,
    met: ratio <= GOAL,
  });
}

printHeader('What dual write costs a caller');
printMethod(
  `Open loop, ${PER_SECOND} creations a second for ${SECONDS} s in each of ${BLOCKS.length} blocks (${BLOCKS.join(', ')}) after one to warm up;`,
  'latency from when a write was due. The relays run in the same process and write to DynamoDB Local.',
);
const bench = await openBenchMigration();
print(`\nPostgres ${bench.database.version}; DynamoDB: ${bench.dynamodb.how}`);
try {
  await measure(bench);
} finally {
  await bench.close();
}
