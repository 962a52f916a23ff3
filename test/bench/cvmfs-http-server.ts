export { FLAG } from '../cvmfs/http/catalog-file.ts';
export { directory, link, MASTER, publish, Store } from '../cvmfs/http/generator.ts';
export { serve } from '../cvmfs/http/server.ts';
