import { aProgramBody } from './journey-values.ts';

/** Writes so many programs that nobody changes, by the import. */
export async function seedPrograms(url: string | undefined, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ programId: `seeded-${index}`, ...aProgramBody(`seeded-${index}`) }),
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  const options = { method: 'POST', headers, body: lines.join('\n') };
  const response = await fetch(`${url}/v1/programs/import`, options);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
