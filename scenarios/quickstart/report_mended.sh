#!/usr/bin/env bash
# The same with the hole closed: the name is chosen and the trap set before there is a file to remove.
set -eu
scratch=$(mktemp --dry-run)
trap 'rm -f "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
set -o noclobber

cut -d: -f7 /etc/passwd | sort >"$scratch"
uniq -c "$scratch"
