#!/usr/bin/env bash
# The same with its holes closed: the name is chosen and the traps are set before there is a file to remove,
# a signal that cuts the removal short does it again, and so does the death of rm itself.
set -eu
scratch=$(mktemp --dry-run)
clean_up() { rm -f "$scratch" || rm -f "$scratch"; }
trap clean_up EXIT
trap 'clean_up; exit 129' HUP
trap 'clean_up; exit 130' INT
trap 'clean_up; exit 141' PIPE
trap 'clean_up; exit 143' TERM
set -o noclobber

cut -d: -f7 /etc/passwd | sort >"$scratch"
uniq -c "$scratch"
