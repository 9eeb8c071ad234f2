import type { Command } from 'commander';
import { POLICY_SYNTAX } from '../domain/limits/named-policy.ts';
import type { SimulateOptions } from './commands/limits.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { CLIENT_FIELDS, TIME_FIELDS } from './limits/fields.ts';
import type { End } from './operations.ts';
import type { Terminal } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

const MAX_KEYS = { most: 10_000_000, default: 100_000 };

const SYNTAX_HELP = `
A policy is ${POLICY_SYNTAX}.
Each is tried with every algorithm, or with its own where it names one, on counters of its own; several are tried together too, where a
request takes from all of them or from none. Nothing but the log is read, and nothing is written.`;

/** Adds the commands about rate limits. */
export function addLimits(program: Command, terminal: Terminal, end: End): void {
  program
    .command('limits')
    .description('try rate limits out')
    .command('simulate')
    .description('say what policies would have admitted and denied of the requests in an access log')
    .requiredOption('--log <file>', 'NDJSON, plain or gzip, with one request a line; - for standard input')
    .requiredOption('--policy <policy>', 'such as burst=10/s:sliding-window; may be repeated', collected)
    .option('--time <field>', `the field with the time; default: the first of ${TIME_FIELDS.join(', ')}`)
    .option(
      '--client <field>',
      `the field that tells callers apart; default: the first of ${CLIENT_FIELDS.join(', ')}`,
    )
    .option('--cost <field>', 'the field with the cost in units; default: 1 each')
    .option(
      '--max-keys <number>',
      'the most clients with a counter at once',
      wholeNumber(1, MAX_KEYS.most),
      MAX_KEYS.default,
    )
    .option('--json', 'as JSON on standard output')
    .option('--quiet', 'no progress and no summary')
    .addHelpText('after', SYNTAX_HELP)
    .addHelpText('after', exitCodeHelp())
    .action(async (options: SimulateOptions) => {
      const { simulateLimits } = await import('./commands/limits.ts');
      end(await simulateLimits(terminal, options));
    });
}

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
