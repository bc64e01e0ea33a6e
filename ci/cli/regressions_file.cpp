#include "ci/cli/regressions_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "ci/certify/whole_file.hpp"
#include "ci/cli/usage_error.hpp"

namespace exitproof::cli {
namespace {

constexpr std::string_view new_file_head =
    "# Plans that failed once. `exitproof run --regressions` tries them first and appends what is new: commit them.\n"
    "# Take out what is mended for good, or keep it and see it hold.\n";

bool is_same(const Regression& left, const Regression& right) {
  return left.plan == right.plan && left.invariant == right.invariant && left.command == right.command &&
         left.subject == right.subject;
}

}  // namespace

RegressionsFile::RegressionsFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  std::error_code unknown;
  if (!std::filesystem::is_directory(path_, unknown) && !can_write_file(path_)) {
    throw UsageError(fmt::format("--regressions expects a file that can be written, and \"{}\" cannot", path_));
  }
  if (!std::filesystem::exists(path_, unknown)) return;
  std::optional<std::string> text = read_whole_file(path_);
  if (!text) throw UsageError(fmt::format("--regressions expects a file that can be read, and \"{}\" cannot", path_));
  text_ = std::move(*text);
  try {
    regressions_ = parse_regressions(text_);
  } catch (const std::runtime_error& error) {
    throw UsageError(fmt::format("--regressions {}, {}", path_, error.what()));
  }
}

std::size_t RegressionsFile::add(const std::vector<Finding>& findings) const {
  if (path_.empty()) return 0;
  std::string added;
  std::vector<Regression> all = regressions_;
  for (const Finding& finding : findings) {
    if (is_fault_free(finding.plan) || finding.replayed == 0 || finding.flaky()) continue;
    const Regression regression = regression_of(finding);
    if (std::ranges::any_of(all, [&](const Regression& one) { return is_same(one, regression); })) continue;
    all.push_back(regression);
    added += '\n' + print_regression(regression);
  }
  if (added.empty()) return 0;
  std::string text = text_.empty() ? std::string(new_file_head) : text_;
  if (!text.ends_with('\n')) text += '\n';
  write_whole_file(path_, text + added);
  return all.size() - regressions_.size();
}

}  // namespace exitproof::cli
