import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { EXIT } from './exit-codes.ts';

/** Where a command reads and writes: data on `stdout`, everything said to a person on `stderr`. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/**
 * The terminal of this process. That a reader of stdout goes away (`| head`) is no error: what is written from then on is
 * lost, and an import still comes to its end.
 */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    stderr.write(`mediamesh: standard output can not be written: ${error.message}\n`);
    process.exit(EXIT.error);
  });
  // Nobody is left to tell; the exit code still says it.
  stderr.on('error', () => undefined);
  return { stdin, stdout, stderr };
}

/** Writes a line to a person. */
export function say({ stderr }: Terminal, line: string): void {
  stderr.write(`${line}\n`);
}

/** Writes a line to a person in red, where the terminal has colours and NO_COLOR does not forbid them. */
export function complain({ stderr }: Terminal, line: string): void {
  // `stream` makes Node look at isTTY, NO_COLOR and FORCE_COLOR.
  stderr.write(`${stderr.isTTY === true ? styleText('red', line, { stream: stderr }) : line}\n`);
}
