#pragma once

#include "ci/report/tool.hpp"

namespace exitproof::cli {

/// As reports and `--version` print it.
inline constexpr const char* version_text = tool_text;

}  // namespace exitproof::cli
