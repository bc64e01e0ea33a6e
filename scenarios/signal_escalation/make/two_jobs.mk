# Two recipes at a time that each take 60 ms and write a file; `make -j2 -f two_jobs.mk`.
all: first.txt second.txt
.PHONY: all

%.txt:
	@echo "begun" >$@
	@sleep 0.06
	@echo "$* is whole" >>$@
