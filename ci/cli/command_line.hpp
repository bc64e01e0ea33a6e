#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "ci/cli/help.hpp"
#include "ci/cli/usage_error.hpp"

namespace exitproof::cli {

/// What the user typed after a verb: our part, and the subject's command.
struct SplitLine {
  std::vector<std::string> ours;
  std::vector<std::string> command;
};

/// Separates a verb's options and its `bare_words` arguments from the subject's command, which begins
/// after the first `--`, or else with the first word that is no option, no option's value and no
/// argument of the verb's. Throws UsageError for an option that the verb does not have.
SplitLine split_line(const CLI::App& verb, std::span<const std::string> words, std::size_t bare_words);

/// That the verb, or the command before any verb, has no such option, with the nearest that it has or whose it is.
UsageError unknown_option(const CLI::App& verb, const std::string& word);

/// The options of a group as they were given: those a replay has to be given too.
std::vector<std::string> given_options(const CLI::App& verb, const std::string& group);

}  // namespace exitproof::cli
