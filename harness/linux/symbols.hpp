#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <string>

#include "exitproof/evidence.hpp"
#include "harness/linux/elf_image.hpp"

namespace exitproof::sys {

/// Names and source lines of one ELF file: from its symbols and debug information, and from the separate
/// debug information that this machine has installed under /usr/lib/debug. Never asks the network.
class Symbols {
 public:
  /// `image` must outlive the symbols. Reading is put off to the first question.
  explicit Symbols(const ElfImage& image) noexcept : image_(image) {}
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  /// Fills function, file and line for an address as the file counts it; what is unknown stays as it is.
  void describe(std::uint64_t address, Frame& frame);

 private:
  Dwfl_Module* module();

  const ElfImage& image_;
  bool opened_ = false;
  Dwfl* session_ = nullptr;
  Dwfl_Module* module_ = nullptr;  // owned by session_
};

/// The name as its source has it, without a symbol's version ("@@GLIBC_2.34").
std::string demangled(std::string name);

}  // namespace exitproof::sys
