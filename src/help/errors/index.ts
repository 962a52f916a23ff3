import { CONVERSION_ERRORS } from './conversion.ts';
import { HOST_ERRORS } from './host.ts';
import { IMAGE_ERRORS } from './images.ts';
import { JOB_ERRORS } from './job.ts';
import { NO_MOUNT_ERRORS } from './no-mount.ts';
import { REGISTRY_ERRORS } from './registry.ts';
import { REQUEST_ERRORS } from './requests.ts';
import { SERVICE_ERRORS } from './service.ts';
import { STORE_ERRORS } from './store.ts';

/** Cause and cure of every code, by the chapters of docs/errors.md; how a command ends with each: src/error-codes.ts. */
export const ERROR_CHAPTERS = {
  'The command line, settings, files and batch systems': HOST_ERRORS,
  'Names, publications and CVMFS': IMAGE_ERRORS,
  'Local copies': STORE_ERRORS,
  'The job and its runtime': JOB_ERRORS,
  'Registries and credentials': REGISTRY_ERRORS,
  'Converting images': CONVERSION_ERRORS,
  'Publishing images: jcds sync': SERVICE_ERRORS,
  'Requests, forges and tokens': REQUEST_ERRORS,
  'The repository over HTTP': NO_MOUNT_ERRORS,
} as const;
