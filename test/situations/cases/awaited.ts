/** Rows whose mend has not landed yet: where they are not tried. */
export const AWAITED: Readonly<Record<string, readonly string[]>> = {
  '--env PWD=…: the job is where it was': ['exec bubblewrap, osg', 'wrap bubblewrap, osg'],
  'APPTAINER_BIND and --contain': ['wrap bubblewrap, osg'],
  'APPTAINER_BIND of something that is not here is dropped': ['wrap apptainer, osg', 'wrap bubblewrap, osg'],
  'APPTAINER_BIND: two places, one of them by another name and read-only': ['wrap bubblewrap, osg'],
  'APPTAINER_BINDPATH and --contain': ['wrap bubblewrap, osg'],
  'APPTAINER_BINDPATH of something that is not here is dropped': [
    'wrap apptainer, osg',
    'wrap bubblewrap, osg',
  ],
  'APPTAINER_BINDPATH: two places, one of them by another name and read-only': ['wrap bubblewrap, osg'],
  'APPTAINER_CLEANENV of a site and hep: the proxy is there': ['wrap apptainer, osg'],
  'APPTAINER_CONTAIN of a site: the job is in its home': ['wrap apptainer, osg'],
  'SINGULARITY_BIND and --contain': ['wrap bubblewrap, osg'],
  'SINGULARITY_BIND of something that is not here is dropped': [
    'wrap apptainer, osg',
    'wrap bubblewrap, osg',
  ],
  'SINGULARITY_BIND: two places, one of them by another name and read-only': ['wrap bubblewrap, osg'],
  'SINGULARITY_BINDPATH and --contain': ['wrap bubblewrap, osg'],
  'SINGULARITY_BINDPATH of something that is not here is dropped': [
    'wrap apptainer, osg',
    'wrap bubblewrap, osg',
  ],
  'SINGULARITY_BINDPATH: two places, one of them by another name and read-only': ['wrap bubblewrap, osg'],
  'a place that cannot be made is said by jcds first': ['wrap bubblewrap, osg'],
  'hep: the caller’s value wins for the names of its list': ['wrap apptainer, osg'],
  'the directory /tmp/closed cannot be entered again': ['wrap bubblewrap, osg'],
};
