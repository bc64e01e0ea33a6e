#!/usr/bin/env bash
# How many accounts there are for each shell, by way of a scratch file: the idiom that is found everywhere.
set -eu
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

cut -d: -f7 /etc/passwd | sort >"$scratch"
uniq -c "$scratch"
