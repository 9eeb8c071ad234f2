import { serviceUrl } from './admin-client.ts';
import { openDataDirectory } from './data-directory.ts';
import { readOrMakePassword } from './password.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { readServiceLock } from './service-lock.ts';

/** Where the database of a live service on this data directory answers, for whoever works beside it; `undefined` without one. */
export async function findEmbeddedPostgres(dataDir: string): Promise<string | undefined> {
  if ((await readServiceLock(dataDir))?.alive !== true) return undefined;
  const directory = await openDataDirectory(dataDir);
  const { port, ready } = (await readPostmasterFile(directory.cluster)) ?? {};
  if (port === undefined || ready !== true) return undefined;
  return serviceUrl({ port, password: await readOrMakePassword(directory, true) });
}
