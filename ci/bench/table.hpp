#pragma once

#include <string_view>
#include <vector>

namespace exitproof::bench {

/// "WHAT  min  median", over the lines that follow.
void print_head(std::string_view what);

/// The least and the median of a series; dashes when it is empty.
void print_line(std::string_view what, const std::vector<double>& series, int digits);

}  // namespace exitproof::bench
