#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exitproof/finding.hpp"

namespace exitproof {

/// The words that all formats tell a finding by. Text of the subject's making in them is as the subject made it: the
/// format makes it harmless.

/// "1 trial", "3 trials".
std::string counted(std::size_t count, std::string_view word);

/// "ctrl-c@0:quiet:1, then kill@0:unlink:1"; "without any fault".
std::string describe_plan(const FaultPlan& plan);

/// Where it was struck: "prog (0), after renameat2 /tmp/a -> /tmp/b, in save at prog.cpp:12". The finding has `struck`.
std::string describe_place(const Finding& finding);

/// How often it came again: "replayed 5 of 5", "not replayed", "in 3 of 3 fault-free runs".
std::string describe_rate(const Finding& finding);

}  // namespace exitproof
