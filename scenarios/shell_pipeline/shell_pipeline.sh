#!/bin/bash
# shell_pipeline.sh [DEFECT]: writes report.txt, the login shells of /etc/passwd and how many users have each. The
# report is made under a name beside it, and takes its own when all stages of the pipeline have succeeded; where there
# are no users there is none. Exits with 0 then, and leaves nothing else, however it ends; what a killed run has left the
# next one removes.
set -eu
defect=${1-}
case $defect in
  '' | no_pipefail | trap_after_create | trap_exits_zero) ;;
  *)
    printf '%s: unknown defect %s; there are no_pipefail trap_after_create trap_exits_zero\n' "$0" "$defect" >&2
    exit 2
    ;;
esac
[ "$defect" = no_pipefail ] || set -o pipefail

scratch=report.txt.new
[ "$defect" != trap_after_create ] || : >"$scratch"

# A signal may kill rm itself.
clean_up() { rm -f "$scratch" || rm -f "$scratch"; }
if [ "$defect" = trap_exits_zero ]; then
  trap 'clean_up; exit 0' EXIT
else
  trap clean_up EXIT
fi
trap 'clean_up; exit 129' HUP
trap 'clean_up; exit 130' INT
trap 'clean_up; exit 131' QUIT
trap 'clean_up; exit 141' PIPE
trap 'clean_up; exit 143' TERM

cut -d: -f7 /etc/passwd | sort | uniq -c >"$scratch"
if [ -s "$scratch" ]; then mv -f "$scratch" report.txt; else clean_up; fi
trap - EXIT
