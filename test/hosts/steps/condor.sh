# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
# Debian 12 has no HTCondor; its newer suites have 23.9 (trixie) and 25.14 (sid), each in a tree of its own here.
summary='HTCondor in a tree of a newer Debian suite; argument sid (the default) or trixie'
seconds=59

# Started by a session leader, which a job is, an Apptainer that was moved looks here rather than below its own prefix.
session_directory=/var/lib/apptainer/mnt/session

is_done() {
  local tree
  tree=$(suite_tree "${1:-sid}")
  has_programs "$tree" && [ -d "$tree$session_directory" ] && cmp -s <(pool_configuration "${1:-sid}") "$tree/etc/condor/config.d/50-jcds-test"
}

# HTCondor, and what condor_ssh_to_job needs.
has_programs() { [ -x "$1/usr/sbin/condor_master" ] && [ -x "$1/usr/sbin/sshd" ] && [ -x "$1/usr/bin/ssh" ]; }

install_step() {
  local suite=${1:-sid} tree
  case $suite in sid | trixie) ;; *) echo "no such suite: $suite"; return 1 ;; esac
  tree=$(suite_tree "$suite")
  if [ ! -x "$JCDS_TEST_OPT/apptainer/bin/apptainer" ] || ! id "$JCDS_TEST_USER"; then echo 'first: install.sh all'; return 1; fi
  has_programs "$tree" || { "$here/pool.sh" "$suite" stop && make_tree "$suite" "$tree"; } || return
  add_user_to_tree "$tree"
  ln -sfn "$JCDS_TEST_OPT/apptainer/bin/apptainer" "$tree/usr/bin/apptainer"
  ln -sfn apptainer "$tree/usr/bin/singularity"
  mkdir -p "$tree/opt/jcds" "$tree$session_directory"
  [ -e "$tree/opt/jcds/wrapper.sh" ] || printf '#!/bin/sh\nexec "$@"\n' > "$tree/opt/jcds/wrapper.sh"
  chmod 755 "$tree/opt/jcds" "$tree/opt/jcds/wrapper.sh"
  pool_configuration "$suite" > "$tree/etc/condor/config.d/50-jcds-test"
}

make_tree() {
  mkdir -p "${2%/*}"
  rm -rf "$2.new" "$2"
  mmdebstrap --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include=condor,procps,ca-certificates,uidmap,squashfuse,util-linux,openssh-server,openssh-client "$1" "$2.new" "$(debian_mirror)" && mv "$2.new" "$2"
}

# 40 slots on whatever the machine has: jobs of the tests are short and mostly wait. Two suites' pools can be up at once.
pool_configuration() {
  local port=19618   # not 9618: the host may have a pool of its own
  [ "$1" = sid ] || port=19718
  cat << C
CONDOR_HOST = 127.0.0.1
COLLECTOR_HOST = 127.0.0.1:$port
SHARED_PORT_PORT = $port
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = False
ENABLE_IPV6 = False
DAEMON_LIST = MASTER COLLECTOR NEGOTIATOR SCHEDD STARTD
use SECURITY: HOST_BASED
ALLOW_READ = 127.0.0.1
ALLOW_WRITE = 127.0.0.1
ALLOW_DAEMON = 127.0.0.1
ALLOW_NEGOTIATOR = 127.0.0.1
ALLOW_ADMINISTRATOR = 127.0.0.1
ALLOW_CONFIG = 127.0.0.1
SEC_DEFAULT_AUTHENTICATION_METHODS = FS
NUM_CPUS = 40
MEMORY = 40960
NUM_SLOTS = 1
NUM_SLOTS_TYPE_1 = 1
SLOT_TYPE_1 = 100%
SLOT_TYPE_1_PARTITIONABLE = True
JOB_DEFAULT_REQUESTMEMORY = 64
JOB_DEFAULT_REQUESTDISK = 1024
START = True
SUSPEND = False
PREEMPT = False
KILL = False
NEGOTIATOR_INTERVAL = 2
NEGOTIATOR_CYCLE_DELAY = 1
SCHEDD_INTERVAL = 2
SCHEDD_MIN_INTERVAL = 1
UPDATE_INTERVAL = 10
PERIODIC_EXPR_INTERVAL = 2
RUNBENCHMARKS = False
UID_DOMAIN = localdomain.test
FILESYSTEM_DOMAIN = localdomain.test
TRUST_UID_DOMAIN = True
MachineMaxVacateTime = 5
KILLING_TIMEOUT = 3
USER_JOB_WRAPPER = /opt/jcds/wrapper.sh
LOCAL_CONFIG_FILE = /opt/jcds/condor.conf
REQUIRE_LOCAL_CONFIG_FILE = False
C
}
