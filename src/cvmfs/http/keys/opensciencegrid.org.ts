import type { ShippedKey } from '../keys.ts';

/**
 * Public master keys of opensciencegrid.org, byte for byte as the community's CVMFS configuration repository distributes them:
 * https://github.com/cvmfs-contrib/config-repo (commit 0cda218), etc/cvmfs/keys/opensciencegrid.org/.
 */
export const OPEN_SCIENCE_GRID_KEYS: readonly ShippedKey[] = [
  {
    name: 'opensciencegrid.org.pub',
    pem: `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqQGYXTp9cRcMbGeDoijB
gKNTCEpIWB7XcqIHVXJjfxEkycQXMyZkB7O0CvV3UmmY2K7CQqTnd9ddcApn7BqQ
/7QGP0H1jfXLfqVdwnhyjIHxmV2x8GIHRHFA0wE+DadQwoi1G0k0SNxOVS5qbdeV
yiyKsoU4JSqy5l2tK3K/RJE4htSruPCrRCK3xcN5nBeZK5gZd+/ufPIG+hd78kjQ
Dy3YQXwmEPm7kAZwIsEbMa0PNkp85IDkdR1GpvRvDMCRmUaRHrQUPBwPIjs0akL+
qoTxJs9k6quV0g3Wd8z65s/k5mEZ+AnHHI0+0CL3y80wnuLSBYmw05YBtKyoa1Fb
FQIDAQAB
-----END PUBLIC KEY-----`,
  },
];
