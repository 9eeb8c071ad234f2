import type { Config } from '../../config.ts';
import type { SchemaOperations, SchemaStep } from '../../container/operations/schema.ts';
import { CommandError } from '../command-error.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';
import { writeText } from '../write-text.ts';

/** Brings the database schema up to date. Several may run at once: one works, the others wait and find nothing to do. */
export async function migrateDatabase(terminal: Terminal): Promise<ExitCode> {
  return await withSchema(async (schema) => {
    const steps = await schema.migrate();
    for (const step of steps) say(terminal, `made ${step}`);
    say(terminal, steps.length === 0 ? 'The schema is up to date.' : 'The schema is up to date now.');
    return EXIT.ok;
  });
}

/** Lists every step and whether it was made. Exits with 5 when the schema is older or newer than this version. */
export async function databaseStatus(
  { stdout }: Terminal,
  { json = false }: { readonly json?: boolean },
): Promise<ExitCode> {
  return await withSchema(async (schema) => {
    const steps = await schema.status();
    const lines = steps.map((step) => `${stateOf(step).padEnd(7)}  ${step.name}\n`);
    await writeText(stdout, json ? `${JSON.stringify({ steps }, null, 2)}\n` : lines.join(''));
    return steps.every(({ isMade, isKnown }) => isMade && isKnown) ? EXIT.ok : EXIT.differs;
  });
}

function stateOf({ isMade, isKnown }: SchemaStep): string {
  if (!isKnown) return 'unknown';
  return isMade ? 'made' : 'pending';
}

async function withSchema(run: (schema: SchemaOperations) => Promise<ExitCode>): Promise<ExitCode> {
  const [{ loadConfig }, { openSchema }, { createLog }] = await Promise.all([
    import('../../config.ts'),
    import('../../container/operations/schema.ts'),
    import('../../log.ts'),
  ]);
  const config = loadConfig();
  refuseWithoutDatabase(config);
  const schema = await openSchema(config, createLog('error'));
  try {
    return await run(schema);
  } finally {
    await schema.close();
  }
}

function refuseWithoutDatabase(config: Config): void {
  if (config.database !== undefined) return;
  throw new CommandError(
    EXIT.usage,
    'No store is set to postgres, so there is no database to work on: MEDIAMESH_MODE is memory, and embedded or engines has one.',
  );
}
