#include "harness/trial/line_counter.hpp"

#include <algorithm>

#include "exitproof/parse_error.hpp"

namespace exitproof {

LineCounter::LineCounter(const std::vector<std::string>& expressions) {
  for (const std::string& expression : expressions) {
    Counted& one = counted_.emplace_back();
    try {
      one.expression.emplace_back(expression);
    } catch (const ParseError&) {
      one.expression.clear();
    }
  }
}

bool LineCounter::matches(const Counted& one, std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);  // of a terminal
  }
  return !one.expression.empty() && one.expression.front().found_in(line);
}

void LineCounter::end_line() {
  for (Counted& one : counted_) {
    if (matches(one, line_)) {
      ++one.lines;
    }
  }
  line_.clear();
}

void LineCounter::add(std::string_view bytes) {
  while (!counted_.empty() && !bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    line_.append(bytes.substr(0, std::min(end, longest_line - line_.size())));
    if (end == bytes.size()) {
      return;
    }
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

std::uint64_t LineCounter::count(std::size_t expression) const {
  const Counted& one = counted_.at(expression);
  return one.lines + (!line_.empty() && matches(one, line_) ? 1U : 0U);
}

}  // namespace exitproof
