#pragma once

#include <string>

namespace exitproof::gtest {

/// What init() learnt of this program.
struct Program {
  std::string invoked_as;   ///< argv[0]; empty: init() was not called
  std::string json_folder;  ///< where result documents go; empty: nowhere
};

const Program& program();

/// The file of this program, also when it is replaced while it runs.
std::string program_file();

/// The first argument of this program when it is started anew as a worker, or as a function subject, whose name comes
/// next.
inline constexpr const char* worker_word = "exitproof-worker";
inline constexpr const char* subject_word = "exitproof-subject";

}  // namespace exitproof::gtest
