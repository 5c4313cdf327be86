// Ends with 0 where /healthz answers that all is well, else with 1: for images, which have no curl.
const [url = 'http://127.0.0.1:9464/healthz'] = process.argv.slice(2);
try {
  const { ok } = await fetch(url, { signal: AbortSignal.timeout(5000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1; // nobody answers
}
