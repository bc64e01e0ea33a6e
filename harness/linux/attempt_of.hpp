#pragma once

#include <string>
#include <system_error>

namespace exitproof::sys {

/// What was attempted when this was thrown: its message without the kernel's words for the code, which another error
/// made of it will say again.
inline std::string attempt_of(const std::system_error& error) {
  const std::string message = error.what();
  const std::string words = ": " + error.code().message();
  return message.ends_with(words) ? message.substr(0, message.size() - words.size()) : message;
}

}  // namespace exitproof::sys
