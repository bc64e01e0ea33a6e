#include "ci/cli/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "harness/trial/world/machine.hpp"

namespace exitproof::cli {
namespace {

/// The file of this program, also when it is replaced while it runs.
std::string own_program() {
  const std::filesystem::path link = "/proc/self/exe";
  std::error_code unreadable;
  const std::filesystem::path program = std::filesystem::read_symlink(link, unreadable);
  return !unreadable && std::filesystem::exists(program, unreadable) ? program.string() : link.string();
}

}  // namespace

std::string settle_world(bool is_open, Scenario& scenario) {
  if (scenario.world != WorldKind::overlay) return {};
  const std::optional<std::string> refusal = why_no_overlay_world(scenario);
  if (!refusal) return {};
  if (!is_open) {
    throw CannotTry(
        fmt::format("cannot be tried on this machine with --world overlay: {}; exitproof doctor tells more", *refusal));
  }
  scenario.world = WorldKind::private_;
  scenario.own_network = scenario.fresh_network = false;
  return fmt::format("this machine refuses what --world overlay needs ({}): --world private\n", *refusal);
}

unsigned worker_count(const std::string& wish, const Scenario& scenario) {
  constexpr unsigned most_on_one = 8;
  const Range range{.least = 1, .most = most_on_one * allowed_cpus(), .why = "8 for each CPU"};
  const unsigned workers =
      wish.empty() ? std::max(allowed_cpus() / scenario.cpus, 1U) : count_value("--jobs", wish, range);
  return scenario.own_network && scenario.world == WorldKind::overlay ? workers : 1;
}

WorkerPoolOptions pool_options(unsigned workers, const Interrupts& interrupts) {
  WorkerPoolOptions options;
  options.command = {own_program(), "worker"};
  options.workers = workers;
  options.interrupt_fd = interrupts.fd();
  return options;
}

int finish(const Interrupts& interrupts, int status) {
  if (interrupts.signal() != 0) interrupts.die();
  return status;
}

}  // namespace exitproof::cli
