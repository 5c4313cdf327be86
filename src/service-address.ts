/** How the address of a service is said to people and written to logs: without a user, a password or a parameter. */

/** @returns `postgres://db.example.org:5432/archive`; only the scheme of what is no address */
export function withoutSecrets(url: string): string {
  const address = URL.parse(url);
  if (address === null || !address.href.startsWith(`${address.protocol}//`))
    return `${/^[a-z][a-z0-9+]*:/i.exec(url)?.[0] ?? ''}…`;
  return `${address.protocol}//${address.host}${address.pathname}`;
}

/** A text of others, such as an error of a library, without the secrets of an address that it may repeat. */
export function redacted(text: string, url: string): string {
  const address = URL.parse(url);
  const { username = '', password = '', search = '' } = address ?? {};
  const parameters = [...new URLSearchParams(search)].filter(([name]) => /pass|secret|token|key/i.test(name));
  const secrets = [url, password, decoded(password), `${username}:`, ...parameters.map(([, value]) => value)];
  return secrets.filter((secret) => secret.length > 1).reduce((said, secret) => said.replaceAll(secret, '…'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % of its own
  }
}
