import { once } from 'node:events';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openStores } from '../open-service.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';

/** Brings copies up to date and works on jobs, without serving requests, until it is told to stop. */
export async function relayCommand(terminal: Terminal): Promise<ExitCode> {
  const interrupts = listenForInterrupts();
  try {
    const stores = await openStores((create, config) => create(config.logLevel));
    try {
      stores.local.startBackground(true);
      say(terminal, `Relaying copies and working on jobs of ${stores.name}. Ctrl-C or SIGTERM ends it.`);
      const end = AbortSignal.any([interrupts.stop, stores.lost]);
      if (!end.aborted) await once(end, 'abort');
      if (stores.lost.aborted) throw stores.lost.reason;
      return EXIT.ok;
    } finally {
      await stores.close();
    }
  } finally {
    interrupts.release();
  }
}
