/**
 * Whether a URL's hostname is an address of this very host and nobody else's: `localhost`, 127.0.0.0/8, `[::1]` and what
 * IPv6 makes of them. Only there may something secret travel unencrypted.
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    /^127(?:\.[0-9]{1,3}){3}$/.test(hostname) ||
    /^\[::1\]$|^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(hostname)
  );
}

/** Whether a hostname means this host wherever it is said, so that nobody else can reach what is there (RFC 6761, 6.3). */
export function isThisHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return (
    isLoopback(name) ||
    /(?:^|\.)localhost$|^localhost\.localdomain$|^ip6-(?:localhost|loopback)$/.test(name) ||
    name === '0.0.0.0' ||
    name === '[::]'
  );
}
