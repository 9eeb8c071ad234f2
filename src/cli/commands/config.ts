import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';
import { writeText } from '../write-text.ts';

/** Prints the configuration that the environment gives, defaults included and secrets hidden, as JSON. */
export async function printConfig(terminal: Terminal): Promise<ExitCode> {
  const { loadConfig } = await import('../../config.ts');
  const { warnings, ...config } = loadConfig();
  await writeText(terminal.stdout, `${JSON.stringify(config, shown, 2)}\n`);
  for (const warning of warnings) say(terminal, `warning: ${warning}`);
  return EXIT.ok;
}

/** Says whether the configuration can be used; a wrong one ends with every fault. */
export async function checkConfig(terminal: Terminal): Promise<ExitCode> {
  const { loadConfig } = await import('../../config.ts');
  const { mode, warnings } = loadConfig();
  for (const warning of warnings) say(terminal, `warning: ${warning}`);
  say(terminal, `The configuration is right: mode ${mode}.`);
  return EXIT.ok;
}

/** Prints the table of variables as Markdown, or an example of an environment file. */
export async function printConfigDocs(
  { stdout }: Terminal,
  { env = false }: { readonly env?: boolean },
): Promise<ExitCode> {
  const { configurationTable, environmentExample } = await import('../../config/documentation.ts');
  await writeText(stdout, env ? environmentExample() : configurationTable());
  return EXIT.ok;
}

/** What is absent is told as such, and no URL shows a password, whichever setting it is in. */
function shown(name: string, value: unknown): unknown {
  if (value === undefined) return null;
  if (name === 'exemptKeys') return (value as readonly string[]).map(() => '***');
  return typeof value === 'string' && /^[a-z]+:\/\//.test(value) ? withoutSecret(value) : value;
}

function withoutSecret(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return '***';
  if (parsed.password !== '') parsed.password = '***';
  for (const name of ['password', 'sslpassword'])
    if (parsed.searchParams.has(name)) parsed.searchParams.set(name, '***');
  return parsed.href;
}
