#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace exitproof::cli {

/// A command line that shows what a verb is good for.
struct Example {
  std::string line;
  std::string what;  ///< in a few words; may be empty
};

/// What `--help` of the verb shows as its usage.
void set_usage(CLI::App& verb, std::string usage);
/// That usage.
std::string usage_of(const CLI::App& verb);

/// What `--help` of the app shows below its options: the examples, and then `rest`.
void set_examples(CLI::App& app, const std::vector<Example>& examples, const std::string& rest = {});
/// The lines of these examples as `--help` shows them, without what stands before and after them; none where the app
/// has no examples of its own.
std::vector<std::string> example_lines(const CLI::App& app);

/// The text in lines of at most `width` bytes; a longer word has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

}  // namespace exitproof::cli
