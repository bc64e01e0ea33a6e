#pragma once

#include <string>

namespace exitproof {

/// What reports say of us.
inline constexpr const char* tool_text = "exitproof 0.1.0";

/// "Linux 6.18.1", by uname(2); empty when it does not say.
std::string kernel_text();

}  // namespace exitproof
