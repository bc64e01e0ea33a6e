#pragma once

#include <array>
#include <string>

#include "ci/pages/pages.hpp"

namespace exitproof::pages {

struct PlanExample {
  const char* plan;
  const char* what;
};

/// What exitproof(1) explains plans by.
inline constexpr std::array plan_examples{
    PlanExample{"kill@0:rename:1", "SIGKILL to the root just before its first rename"},
    PlanExample{"SIGTERM@0.2:write:5:after", "SIGTERM to its second child when that child's fifth write is done"},
    PlanExample{"ctrl-c@0:open=.tmp:1", "the interrupt key, at the first open of a path that ends in .tmp"},
    PlanExample{"kill-tree@quiet:2", "SIGKILL to all processes at the second moment at which every one waits"},
    PlanExample{"kill@0:quiet:1+300ms", "300 ms after the first such moment"},
    PlanExample{"full@0:write:5", "the disk has no more room from its fifth write on"},
    PlanExample{"EIO+@0:close:3", "its third close fails, and every later one; without the + that one only"},
    PlanExample{"short=3@0:write:2", "its second write writes three bytes only"},
    PlanExample{"epipe@0:out:1", "the reader of stdout is gone at its first write there"},
    PlanExample{"pause=200ms@0.1:read:1", "its first child is held for 200 ms"},
    PlanExample{"bad-alloc@0:new:17", "its 17th operator new throws std::bad_alloc"},
    PlanExample{"throw@0:probe=save:1", "the probe's point save throws, the first time"},
    PlanExample{"raise=KeyboardInterrupt@0:line=report:12",
                "at the 12th line that it runs of the Python module report"},
    PlanExample{"kill@cc1:write:1", "a process named by its executable; cc1%2 is the second of that name"},
    PlanExample{"ENOSPC@0:write:1,SIGTERM@0:unlink:1", "and SIGTERM while it cleans up after the first fault"},
    PlanExample{"kill@0:write:3,schedule=7", "in the order of processes and threads that seed 7 gives"},
};

/// exitproof(1), in roff for man(7): the verbs, the options before them, and the members of each topic.
std::string command_man_page(const CommandPages& pages);

/// exitproof-VERB(1).
std::string verb_man_page(const CommandPages& pages, const VerbPage& verb);

}  // namespace exitproof::pages
