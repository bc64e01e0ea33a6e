#!/bin/bash
# The same, with the command in the background and wait, which the trap interrupts; it ends the command.
trap 'kill "$child"; wait "$child"; exit 1' TERM
sleep 60 &
child=$!
echo ready
wait "$child"
