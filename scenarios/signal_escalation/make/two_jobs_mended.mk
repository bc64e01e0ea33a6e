# The same, and what a failed recipe has left is deleted; `make -j2 -f two_jobs_mended.mk`.
.DELETE_ON_ERROR:
all: first.txt second.txt
.PHONY: all

%.txt:
	@echo "begun" >$@
	@sleep 0.06
	@echo "$* is whole" >>$@
