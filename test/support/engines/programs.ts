import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where the machine's program lies; throws when there is none on the PATH or where systems keep servers. */
export async function findProgram(name: string): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...OTHER_FOLDERS, ...javaHome(name)];
  for (const folder of folders) {
    const file = join(folder, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && isThere) return file;
  }
  throw new Error(`there is no ${name} on the PATH`);
}

const OTHER_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

function javaHome(name: string): string[] {
  const { JAVA_HOME } = process.env;
  return name === 'java' && JAVA_HOME ? [join(JAVA_HOME, 'bin')] : [];
}
