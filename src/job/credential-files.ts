/**
 * Files and directories that Kerberos, grid certificates, tokens and X11 are found by, from the variables that name
 * them. Kerberos' forms are those of krb5 1.20: a directory of caches is named by DIR:PATH, or by one of its files as
 * DIR::PATH; caches that are no files (KEYRING:, KCM:, MEMORY:, API:) are nothing that can be shown.
 */
export function credentialFiles(environment: Readonly<Record<string, string | undefined>>): string[] {
  const { KRB5CCNAME: cache = '', X509_USER_PROXY, BEARER_TOKEN_FILE, XAUTHORITY } = environment;
  const named = [kerberosCache(cache), X509_USER_PROXY, BEARER_TOKEN_FILE, XAUTHORITY];
  return named.filter((file): file is string => file?.startsWith('/') === true);
}

function kerberosCache(name: string): string {
  const inDirectory = /^DIR::(.*)\/[^/]*$/s.exec(name);
  return inDirectory === null ? name.replace(/^(?:FILE|WRFILE|DIR):/, '') : inDirectory[1]!;
}
