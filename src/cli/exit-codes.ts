/** How a command ends, for scripts. Every exit code of the command line is in this table and nowhere else. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  configuration: 3,
  unreachable: 4,
  differs: 5,
  linesRejected: 6,
  refused: 7,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'Done.',
  1: 'An error: the message says what went wrong and what is done so far.',
  2: 'Wrong usage: an unknown command or option, a value that can not be right, a map file with faults.',
  3: 'The configuration can not be used: every fault is listed.',
  4: 'Something needed can not be reached or refuses us: an engine, or the service at --url.',
  5: 'A comparison found a difference; or tables, or a schema, that this version can not work with kept it from starting.',
  6: 'Done, but some lines of the input were rejected: they are listed, and the rest went in.',
  7: 'A step or job of a migration is not possible yet: what stands in its way is listed, and nothing was changed.',
  130: 'Stopped by Ctrl-C: the batch in flight was finished and the message says how to go on.',
  143: 'Stopped by SIGTERM, as by Ctrl-C.',
};

/** The table for the help text. */
export function exitCodeHelp(): string {
  const rows = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);
  return ['', 'Exit codes:', ...rows].join('\n');
}
