/** The database that those of test files are copied from, and its name until every migration is made. */
export function postgresTemplates(run: string) {
  const whole = `mediamesh_test_${run}`;
  return { whole, draft: `${whole}_draft` };
}
