import { styleText } from 'node:util';
import type { Examination } from '../../container/operations/doctor.ts';
import type { Finding } from '../../domain/finding.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { failureOf } from '../failures.ts';
import type { Terminal } from '../terminal.ts';
import { writeText } from '../write-text.ts';

export interface DoctorOptions {
  readonly json?: boolean;
}

const COLOURS = { ok: 'green', warning: 'yellow', fault: 'red' } as const;

/** Examines what the configuration uses and says what to do. Exits with 4 when an engine can not be reached, 1 for any other fault. */
export async function examineEngines(terminal: Terminal, options: DoctorOptions): Promise<ExitCode> {
  const [{ loadConfig }, { examine }, { createLog }] = await Promise.all([
    import('../../config.ts'),
    import('../../container/operations/doctor.ts'),
    import('../../log.ts'),
  ]);
  const config = loadConfig();
  const examinations = [configurationOf(config)];
  if (options.json !== true) await print(terminal, configurationOf(config));
  for await (const examination of examine(config, createLog('silent'))) {
    examinations.push(examination);
    if (options.json !== true) await print(terminal, examination);
  }
  if (options.json === true) await printJson(terminal, examinations);
  return exitCodeOf(examinations);
}

function configurationOf(config: {
  readonly mode: string;
  readonly warnings: readonly string[];
}): Examination {
  const warnings = config.warnings.map((text): Finding => ({ level: 'warning', text }));
  return { engine: 'Configuration', findings: [{ level: 'ok', text: `mode ${config.mode}` }, ...warnings] };
}

function findingsOf({ findings, settings, error }: Examination): readonly Finding[] {
  if (error === undefined) return findings;
  const { message } = failureOf(error);
  const check = `check ${settings ?? 'the configuration'}`;
  // Whoever refuses us runs.
  const mend =
    error instanceof Error && 'code' in error && error.code === 'store-refused'
      ? check
      : `see that it runs, and ${check}`;
  return [{ level: 'fault', text: message, mend }];
}

async function print(terminal: Terminal, examination: Examination): Promise<void> {
  const lines = findingsOf(examination).map((finding) => `  ${lineOf(terminal, finding)}\n`);
  await writeText(terminal.stdout, `${examination.engine}\n${lines.join('')}`);
}

function lineOf({ stdout }: Terminal, { level, text, mend }: Finding): string {
  const name = level.padEnd(7);
  const label = stdout.isTTY === true ? styleText(COLOURS[level], name, { stream: stdout }) : name;
  return `${label}  ${text}${mend === undefined ? '' : `\n           to mend it: ${mend}`}`;
}

async function printJson({ stdout }: Terminal, examinations: readonly Examination[]): Promise<void> {
  const engines = examinations.map((each) => ({ engine: each.engine, findings: findingsOf(each) }));
  await writeText(stdout, `${JSON.stringify({ engines }, null, 2)}\n`);
}

function exitCodeOf(examinations: readonly Examination[]): ExitCode {
  const failed = examinations.find(({ error }) => error !== undefined);
  if (failed !== undefined) return failureOf(failed.error).exitCode;
  const isFault = examinations.some(({ findings }) => findings.some(({ level }) => level === 'fault'));
  return isFault ? EXIT.error : EXIT.ok;
}
