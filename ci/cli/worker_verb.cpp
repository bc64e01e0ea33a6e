#include <memory>
#include <string>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/values.hpp"
#include "ci/cli/verbs.hpp"
#include "exitproof/worker.hpp"

namespace exitproof::cli {

Verb add_worker(CLI::App& app) {
  const auto cpu = std::make_shared<std::string>("0");
  CLI::App* verb = app.add_subcommand("worker", "run trials: a scenario in one line, then requests, one a line");
  verb->group("");
  verb->add_option("--cpu", *cpu, "begin with this one of the CPUs we may use");
  return {verb, 0, false, [cpu](const Invocation&) {
            return serve_trials(count_value("--cpu", *cpu, {.least = 0})) ? exit_held : exit_harness_failed;
          }};
}

}  // namespace exitproof::cli
