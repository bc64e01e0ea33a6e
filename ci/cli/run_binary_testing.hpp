#pragma once

#include <functional>
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

/// Runs the built exitproof with these arguments until it ends, a minute at most (SIGKILL then); its
/// standard input is /dev/null.
Ran run_binary(const std::vector<std::string>& arguments);

/// The same for any program.
Ran run_program(const std::string& program, const std::vector<std::string>& arguments);

/// As run_binary(), and sends the signal when it has said the text. With an empty text its
/// standard output is a pipe that nobody reads, and no signal is sent.
Ran run_binary_and(const std::vector<std::string>& arguments, const std::string& text, int signal);

/// As run_binary(), and does something once when it has said the text; nothing it says is read meanwhile.
Ran run_binary_while(const std::vector<std::string>& arguments, const std::string& text,
                     const std::function<void()>& then);

}  // namespace exitproof::testing
