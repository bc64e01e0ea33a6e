#!/bin/bash
# A trap for SIGTERM, and a command in the foreground: bash runs the trap when the command has ended.
trap 'echo "asked to end"; exit 1' TERM
echo ready
sleep 60
