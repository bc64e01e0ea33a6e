#include "ci/bench/table.hpp"

#include <fmt/format.h>

#include "ci/bench/measure.hpp"

namespace exitproof::bench {

void print_head(std::string_view what) {
  fmt::print("  {:<52}{:>9}{:>9}\n", what, "min", "median");
}

void print_line(std::string_view what, const std::vector<double>& series, int digits) {
  if (series.empty()) {
    fmt::print("  {:<52}{:>9}{:>9}\n", what, "-", "-");
  } else {
    fmt::print("  {:<52}{:>9.{}f}{:>9.{}f}\n", what, minimum(series), digits, median(series), digits);
  }
}

}  // namespace exitproof::bench
