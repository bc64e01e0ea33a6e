#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exitproof::sys {

/// One executable mapping of a process.
struct CodeRange {
  std::uint64_t start = 0, end = 0;
  std::uint64_t file_offset = 0;
  /// The file's path as the process sees it; "[vdso]" and the like as proc(5) has them; "[anon]" without a file.
  std::string module;
};

/// The executable mappings of `/proc/PID/maps`, by address; empty when they cannot be read.
std::vector<CodeRange> read_code_map(pid_t pid);

/// The same from the text of such a file. Paths below `root` lose that prefix.
std::vector<CodeRange> parse_code_map(std::string_view maps, std::string_view root);

}  // namespace exitproof::sys
