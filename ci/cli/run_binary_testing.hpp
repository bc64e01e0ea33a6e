#pragma once

#include <string>
#include <vector>

#include "exitproof/wait_status.hpp"

namespace exitproof::testing {

/// How a run of our command ended, and what it said.
struct Ran {
  WaitStatus status;
  std::string out;
  std::string err;
};

/// Runs the built exitproof with these arguments until it ends; its standard input is /dev/null.
Ran run_binary(const std::vector<std::string>& arguments);

}  // namespace exitproof::testing
