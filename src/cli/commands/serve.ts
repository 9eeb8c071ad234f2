import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** Starts the service; it goes on until a signal stops it. */
export async function serveCommand({ stdout }: Terminal): Promise<ExitCode> {
  const [{ loadConfig }, { serve }] = await Promise.all([
    import('../../config.ts'),
    import('../../serve.ts'),
  ]);
  await serve(loadConfig(), (text) => void stdout.write(`${text}\n`));
  return EXIT.ok;
}
