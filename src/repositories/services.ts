import type { Repository } from './repository.ts';

/** What a repository without a row of its own is taken for. */
export function unknownService(name: string): Repository {
  return {
    name,
    title: name,
    layout: 'detect',
    servers: [],
    keysDirectory: `/etc/cvmfs/keys/${name.slice(name.indexOf('.') + 1)}`,
    homepage: null,
    notes: [],
    allowedLinkTargets: [],
  };
}

const JINR: Repository = {
  ...unknownService('containers.jinr.ru'),
  title: 'JINR Container Distribution Service',
  // Set up with OSG's software; its live root is not public, so that what stands in it decides.
  layout: 'detect',
  // As seen in public in December 2020: an offer, not a truth.
  servers: ['http://cvmfs-st-1.jinr.ru:8000/cvmfs/@fqrn@'],
  proxies: 'http://lcgsqd01.jinr.ru:3128|http://lcgsqd02.jinr.ru:3128',
  wishlist: {
    forge: 'gitlab',
    host: 'git.jinr.ru',
    project: 'cvmfs-container-sync/registry',
    branch: null,
    path: null,
    format: 'osg',
  },
  homepage: 'https://git.jinr.ru/cvmfs-container-sync/registry',
  notes: [
    'Servers and proxies were seen in public in December 2020 and may be out of date.',
    'jinr.ru is in no public CVMFS configuration package: hosts outside JINR install its configuration and key by hand.',
  ],
};

const CERN: Repository = {
  ...unknownService('unpacked.cern.ch'),
  title: "CERN's unpacked images",
  layout: 'cern',
  servers: ['s1cern', 's1ral', 's1bnl', 's1fnal'].map(host => `http://${host}-cvmfs.openhtc.io/cvmfs/@fqrn@`),
  wishlist: {
    forge: 'github',
    host: 'github.com',
    project: 'cvmfs/images-unpacked.cern.ch',
    branch: null,
    path: 'recipe.yaml',
    format: 'cern',
    // As published below .multiarch since 2025.
    architectures: ['amd64', 'arm64'],
  },
  homepage: 'https://github.com/cvmfs/images-unpacked.cern.ch',
  notes: ['Since April 2026 some images have lost .singularity.d, and with it their ENV (cvmfs#4208).'],
};

const OSG: Repository = {
  ...unknownService('singularity.opensciencegrid.org'),
  title: "OSG's images",
  layout: 'osg',
  servers: ['s1bnl', 's1fnal'].map(host => `http://cvmfs-${host}.opensciencegrid.org:8000/cvmfs/@fqrn@`),
  wishlist: {
    forge: 'github',
    host: 'github.com',
    project: 'opensciencegrid/cvmfs-singularity-sync',
    branch: null,
    path: 'docker_images.txt',
    format: 'osg',
    publicOnly: true,
  },
  homepage: 'https://github.com/opensciencegrid/cvmfs-singularity-sync',
  notes: ['Only images that everyone may pull are accepted.'],
};

const GALAXY: Repository = {
  ...unknownService('singularity.galaxyproject.org'),
  title: "Galaxy's BioContainers",
  layout: 'files',
  servers: ['psu0', 'iu0', 'tacc0'].map(host => `http://cvmfs1-${host}.galaxyproject.org/cvmfs/@fqrn@`),
  homepage: 'https://depot.galaxyproject.org/singularity/',
  notes: ['Images are files, made from quay.io/biocontainers: a runtime that reads SIF is needed.'],
};

/** The services that jcds knows, the default first. */
export const SERVICES: readonly Repository[] = [JINR, CERN, OSG, GALAXY];
