#pragma once

namespace exitproof::cli {

/// As reports and `--version` print it.
inline constexpr const char* version_text = "exitproof 0.1.0";

}  // namespace exitproof::cli
