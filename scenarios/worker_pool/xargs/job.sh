#!/bin/sh
# One of several jobs at a time: `xargs -P2 -n1 -a jobs.txt job.sh`.
sleep 0.1
echo "job $1 is done"
