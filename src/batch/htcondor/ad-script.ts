import { quoteWord } from '../../launch/quote.ts';

/** Variables by which the first lines tell the rest what they found. */
export const TOLD = [
  'jcds_image',
  'jcds_fault',
  'jcds_status',
  'jcds_proxy',
  'jcds_passing',
  'jcds_least',
  'jcds_written',
  'jcds_cluster',
  'jcds_process',
  'jcds_interactive',
] as const;

/** The attribute of a job that says which revision of its image's repository showed the image when it was submitted. */
export const REVISION = 'JCDSRevision';

/** The attribute of a job that `condor_submit -interactive` made. */
const INTERACTIVE = 'InteractiveJob';

/**
 * The names of the variables that the ad holds, from its newer and its older way to write them: values in quotes are taken away first,
 * so that no value is taken for a name.
 */
const WRITTEN = [
  `/^${anyCase('Environment')} *= *"/{s/^[^"]*"//;s/'[^']*'//g;s/=[^ "]*//g;s/"$//;s/^/env /;p;}`,
  `/^${anyCase('Env')} *= *"/{s/^[^"]*"//;s/=[^;"]*//g;s/"$//;s/;/ /g;s/^/env /;p;}`,
];

/**
 * The first lines of the job wrapper: they read the job's ad and leave alone what is not theirs. For a job without an image
 * that is one sed(1), and nothing below is even read.
 *
 * The ad is old ClassAd text, an attribute a line (tried with HTCondor 23.9 and 25.14: a line end inside a text is written as
 * \n, so no text of the submitter's can make a line of its own; a second line of the same name is taken for a mistake
 * all the same). Names have no case. Nothing of a value is ever evaluated.
 */
export function adScript(attributes: readonly string[]): string {
  const texts = attributes.map(name => `jcds_text_of_${name}`);
  const wanted = [...attributes, REVISION, 'WantContainer', 'WantDocker', 'WantIOProxy', INTERACTIVE];
  const numbers = ['ClusterId', 'ProcId'];
  return `jcds_pass() { # the job as it is
  unset IFS
  set +f
  exec "$@"
}
case \${_CONDOR_JOB_AD:+ad}:\${1-} in
  *:"\${_CONDOR_SCRATCH_DIR:-//}"/*) ;; # a file of the job's own, whatever its name
  :* | *:*/singularity | *:*/apptainer) jcds_pass "$@" ;; # no job, or one that HTCondor puts into a container itself
esac
case \${1-} in
  */sshd) # of condor_ssh_to_job, which HTCondor starts as it starts the job
    case " $* " in
      *" \${_CONDOR_SCRATCH_DIR:-//}/.condor_ssh_to_job_"*/sshd_config*) jcds_pass "$@" ;;
    esac
    ;;
esac
unset jcds_ad jcds_line jcds_value jcds_odd jcds_attribute ${TOLD.join(' ')} ${texts.join(' ')}
jcds_ad=$(
  PATH=/usr/bin:/bin LC_ALL=C
  export PATH LC_ALL
  exec sed -n ${[`s/^\\(${[...wanted, ...numbers].join('\\|')}\\) *=/&/Ip`, ...WRITTEN].map(rule => `-e ${quoteWord(rule)}`).join(' \\\n    ')} \\
    -- "$_CONDOR_JOB_AD" 2>/dev/null
)
jcds_status=$? jcds_image='' jcds_fault='' jcds_proxy='' jcds_passing='' jcds_odd='' jcds_least='' jcds_written=' '
jcds_cluster='' jcds_process='' jcds_interactive='' ${texts.map(name => `${name}=''`).join(' ')}
IFS='
'
set -f
for jcds_line in $jcds_ad; do
  jcds_value=\${jcds_line#*=}
  jcds_value=\${jcds_value#"\${jcds_value%%[! ]*}"}
  case $jcds_line in
${attributes.map(name => attributeBranch(name)).join('\n')}
    ${anyCase(REVISION)}*)
      case $jcds_value in
        *[!0-9]*) ;;
        *) jcds_least=$jcds_value ;;
      esac
      ;;
    ${anyCase('WantIOProxy')}*)
      case $jcds_value in
        ${anyCase('true')}) jcds_proxy=1 ;;
      esac
      ;;
    ${anyCase('Want')}*)
      case $jcds_value in
        ${anyCase('true')}) jcds_pass "$@" ;;
      esac
      ;;
    'env '*)
      jcds_written="$jcds_written\${jcds_line#* } "
      case $jcds_line in
        *[!A-Za-z0-9_\\ ]*) jcds_odd=1 ;;
      esac
      ;;
    ${anyCase(INTERACTIVE)}*)
      case $jcds_value in
        ${anyCase('true')}) jcds_interactive=1 ;;
      esac
      ;;
    ${anyCase('ClusterId')}*) jcds_cluster=$jcds_value ;;
    *) jcds_process=$jcds_value ;;
  esac
done
jcds_image=${texts.reduceRight((rest, name) => `\${${name}:-${rest}}`, '')}
case $jcds_status:$jcds_image$jcds_fault in
  0:)
    # dash hands on no variable whose name it cannot hold. The ad tells whether there can be one.
    case \${BASH_VERSION+bash}$jcds_odd in
      1) jcds_passing=1 ;;
      *) jcds_pass "$@" ;;
    esac
    ;;
esac
unset IFS
set +f`;
}

/** A text, or undefined; whatever else is no image. */
function attributeBranch(name: string): string {
  return `    ${anyCase(name)}[\\ =]*)
      case $jcds_text_of_${name}:$jcds_value in
        :'""' | :${anyCase('undefined')}) ;;
        :\\"*\\")
          jcds_value=\${jcds_value#\\"}
          jcds_text_of_${name}=\${jcds_value%\\"}
          ;;
        :*) jcds_fault="\${jcds_fault:-${name} is no text}" ;;
        *) jcds_fault="\${jcds_fault:-${name} stands there twice}" ;;
      esac
      ;;`;
}

/** A pattern for a name without case. */
function anyCase(name: string): string {
  return [...name].map(letter => `[${letter.toUpperCase()}${letter.toLowerCase()}]`).join('');
}
