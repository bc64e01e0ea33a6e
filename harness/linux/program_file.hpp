#pragma once

#include <string>
#include <vector>

namespace exitproof::sys {

/// What an executable file says of how it is loaded (elf(5), ld.so(8)).
struct ProgramFile {
  bool is_native = false;           ///< a 64-bit program for x86-64 that could be read
  std::string interpreter;          ///< its dynamic linker; empty: it is static
  std::vector<std::string> needed;  ///< the libraries that it names itself
  bool has_sanitizer = false;       ///< it is built with a sanitizer that must be loaded first
  bool has_own_new = false;         ///< it brings a replacement of operator new
  bool has_linked_new = false;      ///< its symbols, which may have been stripped, have a definition of operator new
};

/// Reads it; `is_native` is false when it cannot be read.
ProgramFile read_program_file(const std::string& path);

}  // namespace exitproof::sys
