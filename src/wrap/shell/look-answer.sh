# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What the look said: jcds_result, jcds_lines, and the environment in jcds_said.

jcds_said=$(jcds_look)
jcds_lines=${jcds_said%%"${jcds_newline}jcds_result="*} jcds_said=${jcds_said#*"${jcds_newline}jcds_result="}
jcds_result=${jcds_said%%"$jcds_newline"*} jcds_said=${jcds_said#*"$jcds_newline"}
