import { BlockList, isIP } from 'node:net';

/**
 * Whether `no_proxy` names the host of an address: a list with commas or blanks between of `*` (all), names (also of the
 * domains above the host, with or without a dot or `*.` before them), addresses and networks (`10.0.0.0/8`), each with a port if it
 * is for that one alone. What curl and Go (docker, podman, apptainer) understand, together.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy.split(/[\s,]+/).some(entry => entry !== '' && names(entry.toLowerCase(), host, port));
}

function names(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const address = host.replace(/^\[|\]$/g, '');
  const network = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/.exec(entry);
  if (network !== null) return isIP(address) !== 0 && isIn(address, network[1]!, Number(network[2]));
  const [, bracketed, plain, onlyPort] =
    /^(?:\[([^\]]*)\]|([^:]*|[0-9a-f:]*:[0-9a-f:.]*))(?::(\d+))?$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(address) !== 0) return address === (bracketed ?? plain);
  const domain = (plain ?? '').replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isIn(address: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return isIP(address) === family && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
