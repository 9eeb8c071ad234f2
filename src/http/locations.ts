/** Where a program is, as a path. */
export function locationOf(programId: string): string {
  return `/v1/programs/${encodeURIComponent(programId)}`;
}
