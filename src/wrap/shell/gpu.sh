# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Which GPU there is, as src/job/gpu.ts finds it.

jcds_gpu=''
set +f
for jcds_item in /dev/nvidia[0-9]*; do
  [ ! -e "$jcds_item" ] || jcds_gpu=--nv
done
set -f
case ${CUDA_VISIBLE_DEVICES-}:${NVIDIA_VISIBLE_DEVICES-} in 10000:* | *:none | *:void) jcds_gpu='' ;; esac
[ -n "$jcds_gpu" ] || [ ! -e /dev/kfd ] || jcds_gpu=--rocm
