#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exitproof/wait_status.hpp"

namespace exitproof::gtest {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// How a run of the planted suite ended, and what it said on standard output and error.
struct SuiteRun {
  WaitStatus status;
  std::string said;
};

/// Runs the suite with these arguments, and these variables beside ours, until it ends; a minute and a half at most
/// (SIGKILL then). Its standard input is /dev/null.
SuiteRun run_suite(const std::vector<std::string>& arguments, const Variables& variables = {});

/// The same of one test, "Report.ByACommand".
SuiteRun run_one(const std::string& test, const Variables& variables = {});

}  // namespace exitproof::gtest
