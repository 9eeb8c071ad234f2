import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { systemCode } from './embedded-postgres-error.ts';

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the symbolic links that the libraries are loaded through. An npm package cannot carry links: theirs are listed
 * in `pg-symlinks.json` and made by an install script, and we do not let install scripts run.
 * Answers `false` when links are missing and may not be made here.
 */
export async function makeLibraryLinks(nativeDir: string): Promise<boolean> {
  const list = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as LibraryLink[];
  try {
    for (const link of links) await makeLink(place(nativeDir, link.source), place(nativeDir, link.target));
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}

/** The paths in the list begin with `native/`, whatever the directory is called here. */
function place(nativeDir: string, path: string): string {
  return join(nativeDir, path.replace(/^native\//, ''));
}

async function makeLink(source: string, target: string): Promise<void> {
  if (await lstat(target).catch(() => undefined)) return;
  await symlink(relative(dirname(target), source), target).catch((error: unknown) => {
    // Another service that starts at the same time made it.
    if (systemCode(error) !== 'EEXIST') throw error;
  });
}
