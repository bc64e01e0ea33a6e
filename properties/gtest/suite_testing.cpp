#include "properties/gtest/suite_testing.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <chrono>
#include <csignal>

#include "harness/model/test_paths_testing.hpp"

namespace exitproof::gtest {
namespace {

namespace bp = boost::process;

constexpr std::chrono::seconds patience{90};

/// Whatever the caller's environment asks of such a suite is not meant for this one.
bp::environment clean_environment() {
  bp::environment environment = boost::this_process::environment();
  for (const char* name : {"EXITPROOF_REPLAY", "EXITPROOF_JSON_DIR", "EXITPROOF_TIME", "EXITPROOF_SEED", "RC_PARAMS",
                           "GTEST_OUTPUT", "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX", "GTEST_SHARD_STATUS_FILE"}) {
    environment.erase(name);
  }
  return environment;
}

}  // namespace

SuiteRun run_suite(const std::vector<std::string>& arguments, const Variables& variables) {
  bp::environment environment = clean_environment();
  for (const auto& [name, value] : variables) environment[name] = value;
  SuiteRun run;
  bp::pipe said;
  bp::child child(bp::exe = (testing::bin_folder() / "gtest_planted").string(), bp::args = arguments, environment,
                  bp::std_in<bp::null, (bp::std_out & bp::std_err)> said);
  pollfd readable{said.native_source(), POLLIN, 0};
  const auto until = std::chrono::steady_clock::now() + patience;
  std::array<char, 65536> chunk{};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) == 0) {
      ::kill(child.id(), SIGKILL);
      break;
    }
    const ssize_t count = ::read(said.native_source(), chunk.data(), chunk.size());
    if (count <= 0) break;
    run.said.append(chunk.data(), static_cast<std::size_t>(count));
  }
  child.wait();
  run.status = WaitStatus::from_raw(child.native_exit_code());
  return run;
}

SuiteRun run_one(const std::string& test, const Variables& variables) {
  return run_suite({"--gtest_filter=" + test}, variables);
}

}  // namespace exitproof::gtest
