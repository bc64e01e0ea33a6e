#!/bin/bash
# A temporary file as every manual shows it: made by mktemp(1), and removed by a trap at exit.
file=$(mktemp)
trap 'rm -f "$file"' EXIT
echo ready
sleep 0.1
echo "a line" >"$file"
