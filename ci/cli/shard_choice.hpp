#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exitproof/shard.hpp"

namespace exitproof::cli {

/// The part of a campaign that this process is to try, and who says so.
struct ShardChoice {
  Shard shard;
  std::string from;  ///< "--shard", "SLURM_ARRAY_TASK_ID"; empty: nobody, and all of it is tried
};

/// The value of a variable of the environment; nothing where it is not set. Unlike getenv(3), safe to replace in tests.
using Variables = std::function<std::optional<std::string>(const std::string&)>;
std::optional<std::string> own_variable(const std::string& name);

/// What --shard says, or, where it is empty, what the environment of a runner of parallel jobs does:
///
///     GTEST_SHARD_INDEX      of GTEST_TOTAL_SHARDS       from 0
///     TEST_SHARD_INDEX       of TEST_TOTAL_SHARDS        from 0; Bazel
///     JOB_COMPLETION_INDEX   of JOB_COMPLETIONS          from 0; Kubernetes sets only the first
///     SLURM_ARRAY_TASK_ID    of SLURM_ARRAY_TASK_COUNT   from SLURM_ARRAY_TASK_MIN, by SLURM_ARRAY_TASK_STEP
///     CI_NODE_INDEX          of CI_NODE_TOTAL            from 1; GitLab
///
/// One of one is no shard. Throws UsageError for a bad value, for half of a pair, and for two pairs that say different
/// things.
ShardChoice shard_choice(const std::string& option, const Variables& variables);

/// Takes these variables out of a subject's environment: it is the same program in every shard, and a test program must
/// not take a part of its own tests.
void withhold_shard(std::vector<std::pair<std::string, std::string>>& environment);

/// Makes the file by which Bazel learns that its shards are known (TEST_SHARD_STATUS_FILE), where it asks for that.
/// Throws std::system_error.
void acknowledge_shard(const Variables& variables);

}  // namespace exitproof::cli
