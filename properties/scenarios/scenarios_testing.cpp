#include "properties/scenarios/scenarios_testing.hpp"

#include <cctype>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "exitproof/check.hpp"

namespace exitproof::testing {
namespace {

std::filesystem::path built(const std::string& name) {
  return std::filesystem::absolute("bin") / name;
}

std::vector<Manifest> read_all() {
  std::vector<Manifest> manifests;
  for (const std::filesystem::path& folder : scenario_folders(EXITPROOF_SCENARIOS)) {
    manifests.push_back(read_manifest({.folder = folder, .programs = built("subjects"), .work_here = "/tmp"}));
  }
  return manifests;
}

}  // namespace

const std::vector<Manifest>& all_manifests() {
  static const std::vector<Manifest> manifests = read_all();
  return manifests;
}

TimeMode time_under_test() {
  const char* name = std::getenv("EXITPROOF_TEST_TIME");
  const auto mode = time_mode_of_name(name == nullptr ? "real" : name);
  check(mode.has_value(), "EXITPROOF_TEST_TIME names a way of time");
  return *mode;
}

WorkerPoolOptions built_workers(unsigned workers) {
  ::signal(SIGPIPE, SIG_IGN);  // what a pool asks of its process
  WorkerPoolOptions options;
  options.command = {built("exitproof").string(), "worker"};
  options.workers = workers;
  return options;
}

std::string test_name(const std::string& scenario, const std::string& name) {
  std::string plain = scenario + "_" + name;
  for (char& character : plain) {
    if (std::isalnum(static_cast<unsigned char>(character)) == 0) character = '_';
  }
  return plain;
}

}  // namespace exitproof::testing
