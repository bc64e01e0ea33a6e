#pragma once

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace exitproof::testing {

/// What sh(1) makes of words on a command line, one behind the other.
inline std::string what_sh_reads(const std::string& words) {
  const std::string command = "printf %s " + words + "; printf .";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> chunk{};
  while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), pipe.get()))
    text.append(chunk.data(), count);
  return text.empty() ? text : text.substr(0, text.size() - 1);
}

}  // namespace exitproof::testing
