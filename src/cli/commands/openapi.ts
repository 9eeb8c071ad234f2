import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { writeText } from '../write-text.ts';

/** Prints the OpenAPI document of this version. */
export async function printOpenApi(
  { stdout }: Terminal,
  { yaml = false }: { readonly yaml?: boolean },
): Promise<ExitCode> {
  const { openApiDocument } = await import('../../openapi.ts');
  await writeText(stdout, await openApiDocument(yaml ? 'yaml' : 'json'));
  return EXIT.ok;
}
