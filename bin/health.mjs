// The health check of the container: ends with 0 when the service in it answers, else with 1.
const url = `http://127.0.0.1:${process.env.PORT || 3000}/health/live`;
const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;
