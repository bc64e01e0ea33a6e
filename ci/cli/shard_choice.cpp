#include "ci/cli/shard_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "exitproof/parse_error.hpp"

namespace exitproof::cli {
namespace {

constexpr const char* status_file = "TEST_SHARD_STATUS_FILE";

/// How a runner of parallel jobs tells each which it is.
struct Runner {
  const char* index;
  const char* total;
  const char* first;  ///< a variable; null: `first_index`
  const char* step;   ///< a variable; null: 1
  std::uint64_t first_index;
};

constexpr std::array<Runner, 5> runners{{
    {"GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS", nullptr, nullptr, 0},
    {"TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", nullptr, nullptr, 0},
    {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", nullptr, nullptr, 0},
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", 0},
    {"CI_NODE_INDEX", "CI_NODE_TOTAL", nullptr, nullptr, 1},
}};

std::uint64_t number_in(const char* name, const Variables& variables, std::uint64_t without) {
  const auto value = name != nullptr ? variables(name) : std::nullopt;
  return value ? number_value(name, *value, 0) : without;
}

std::optional<ShardChoice> choice_of(const Runner& runner, const Variables& variables) {
  const auto index = variables(runner.index);
  const auto total = variables(runner.total);
  if (!index && (!total || *total == "1")) return std::nullopt;
  if (!index || !total) {
    throw UsageError(
        fmt::format("{} is set and {} is not, so that this part of the campaign is not known: set both, or "
                    "say it with --shard I/N; --shard 1/1 tries all",
                    index ? runner.index : runner.total, index ? runner.total : runner.index));
  }
  const std::uint64_t first = number_in(runner.first, variables, runner.first_index);
  const std::uint64_t step = std::max(number_in(runner.step, variables, 1), std::uint64_t{1});
  const std::uint64_t at = number_value(runner.index, *index, first) - first;
  const std::string text = fmt::format("{}/{}", at / step + 1, *total);
  try {
    if (at % step != 0) throw ParseError(1, "a multiple of the step", *index);
    return ShardChoice{.shard = Shard::parse(text), .from = runner.index};
  } catch (const ParseError& error) {
    throw UsageError(fmt::format("{} is {} and {} is {}: expected {}", runner.index, *index, runner.total, *total,
                                 error.expected()));
  }
}

ShardChoice chosen_by_environment(const Variables& variables) {
  std::optional<ShardChoice> chosen;
  for (const Runner& runner : runners) {
    std::optional<ShardChoice> another = choice_of(runner, variables);
    if (!another) continue;
    if (chosen && chosen->shard != another->shard) {
      throw UsageError(fmt::format("{} says that this is shard {}, and {} that it is {}: say it with --shard I/N",
                                   chosen->from, chosen->shard.print(), another->from, another->shard.print()));
    }
    if (!chosen) chosen = std::move(another);
  }
  return chosen && !chosen->shard.is_whole() ? *chosen : ShardChoice{};
}

bool speaks_of_shards(const std::string& name) {
  return name == status_file || std::ranges::any_of(runners, [&](const Runner& runner) {
           const auto is = [&](const char* variable) { return variable != nullptr && name == variable; };
           return is(runner.index) || is(runner.total) || is(runner.first) || is(runner.step);
         });
}

}  // namespace

std::optional<std::string> own_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

ShardChoice shard_choice(const std::string& option, const Variables& variables) {
  if (option.empty()) return chosen_by_environment(variables);
  try {
    return {.shard = Shard::parse(option), .from = "--shard"};
  } catch (const ParseError& error) {
    throw malformed("--shard", option, error);
  }
}

void withhold_shard(std::vector<std::pair<std::string, std::string>>& environment) {
  std::erase_if(environment, [](const auto& variable) { return speaks_of_shards(variable.first); });
}

void acknowledge_shard(const Variables& variables) {
  const auto path = variables(status_file);
  if (path && !std::ofstream(*path, std::ios::app)) {
    throw std::system_error(errno, std::generic_category(), "making " + *path);
  }
}

}  // namespace exitproof::cli
