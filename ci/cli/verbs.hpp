#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "ci/report/report_context.hpp"

namespace exitproof::cli {

/// How a verb was called.
struct Invocation {
  ReportContext context;           ///< with the subject's command
  const CLI::App* verb = nullptr;  ///< parsed
};

/// A verb of the command. Each is declared to CLI11 and executed in a file of its own.
struct Verb {
  CLI::App* app = nullptr;
  std::size_t bare_words = 0;  ///< arguments of its own before the subject's command
  bool takes_command = false;
  /// Returns the exit status. May throw UsageError.
  std::function<int(const Invocation&)> execute;
};

Verb add_run(CLI::App& app);
Verb add_survey(CLI::App& app);
Verb add_replay(CLI::App& app);
Verb add_certify(CLI::App& app);
Verb add_verify(CLI::App& app);
Verb add_init(CLI::App& app);
Verb add_merge(CLI::App& app);
Verb add_list(CLI::App& app);
Verb add_doctor(CLI::App& app);
/// Hidden: what the other verbs start to run trials.
Verb add_worker(CLI::App& app);

}  // namespace exitproof::cli
