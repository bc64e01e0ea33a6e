#include "properties/gtest/session.hpp"

#include <algorithm>
#include <csignal>
#include <string_view>

#include "properties/gtest/program.hpp"
#include "properties/gtest/to_model.hpp"

namespace exitproof::gtest {
namespace {

constexpr std::string_view no_main =
    "this program's main does not call exitproof::gtest::init(&argc, argv) before all else: it cannot be started anew "
    "as a worker. Call it, or link exitproof_gtest_main instead of gtest_main";

// One for all, since they may end in any order.
unsigned ignoring = 0;
struct sigaction before;

}  // namespace

IgnoredPipe::IgnoredPipe() {
  if (ignoring++ != 0) return;
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
}

IgnoredPipe::~IgnoredPipe() {
  if (--ignoring == 0) ::sigaction(SIGPIPE, &before, nullptr);
}

const Evidence* KeptEvidence::find(const Finding& finding) const {
  const auto found = kept_.find(finding.violation.invariant + '.' + finding.plan.print());
  if (found != kept_.end()) return &found->second;
  const auto survey = kept_.find("survey-1");
  return is_fault_free(finding.plan) && survey != kept_.end() ? &survey->second : nullptr;
}

Session::Session(const Scenario& wanted)
    : scenario_(model_of(wanted)), search_(search_of(wanted)), any_world_(wanted.world == "auto"), jobs_(wanted.jobs) {
  if (program().invoked_as.empty()) throw std::logic_error(std::string(no_main));
}

std::unique_ptr<WorkerPool> Session::start_workers() const {
  WorkerPoolOptions options;
  options.command = {program_file(), worker_word};
  const unsigned wanted = jobs_ != 0 ? jobs_ : std::max(allowed_cpus() / scenario_.cpus, 1U);
  // Subjects that share the machine's network or its files are tried one at a time.
  options.workers = scenario_.own_network && scenario_.world == WorldKind::overlay ? wanted : 1;
  return std::make_unique<WorkerPool>(std::move(options));
}

bool Session::settle_for_less(const std::optional<std::string>& refusal) {
  if (!refusal) return false;
  if (refusal->starts_with("cannot be tried on this machine") && any_world_ && scenario_.world == WorldKind::overlay) {
    scenario_.world = WorldKind::private_;
    scenario_.own_network = scenario_.fresh_network = false;
    return true;
  }
  if (refusal->starts_with("cannot be tried")) throw CannotTry(*refusal);
  throw std::runtime_error(*refusal);
}

}  // namespace exitproof::gtest
