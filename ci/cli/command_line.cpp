#include "ci/cli/command_line.hpp"

#include <fmt/format.h>

#include "ci/cli/usage_error.hpp"
#include "exitproof/names.hpp"

namespace exitproof::cli {
namespace {

std::vector<std::string> option_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// Another verb that has such an option; empty when there is none.
std::string owner_of(const CLI::App& verb, const std::string& word) {
  const CLI::App& top = verb.get_parent() == nullptr ? verb : *verb.get_parent();
  for (const CLI::App* other : top.get_subcommands({})) {
    if (!other->get_group().empty() && other->get_option_no_throw(word) != nullptr) return other->get_name();
  }
  return {};
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_min() > 0;
}

}  // namespace

UsageError unknown_option(const CLI::App& verb, const std::string& word) {
  if (const std::string owner = owner_of(verb, word); !owner.empty()) {
    return UsageError(fmt::format("{} has no option {}: exitproof {} has", verb.get_name(), word, owner));
  }
  const std::vector<std::string> names = option_names(verb);
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const auto near = nearest_name(word, candidates);
  const std::string name = verb.get_parent() == nullptr ? "" : verb.get_name() + ' ';
  const std::string advice =
      near ? fmt::format("did you mean {}?", *near)
           : fmt::format("see exitproof {}--help; the subject's own options stand after --", name);
  return UsageError(fmt::format("{} has no option {}: {}", verb.get_name(), word, advice));
}

SplitLine split_line(const CLI::App& verb, std::span<const std::string> words, std::size_t bare_words) {
  SplitLine line;
  std::size_t i = 0;
  while (i < words.size()) {
    const std::string& word = words[i];
    if (word == "--") {
      ++i;
      break;
    }
    if (word.size() < 2 || word.front() != '-') {
      if (bare_words == 0) break;
      --bare_words;
      line.ours.push_back(words[i++]);
      continue;
    }
    const std::string name = word.substr(0, word.find('='));
    const CLI::Option* option = verb.get_option_no_throw(name);
    if (option == nullptr) throw unknown_option(verb, name);
    const bool value_follows = takes_value(*option) && name.size() == word.size();
    if (value_follows && i + 1 == words.size()) {
      throw UsageError(fmt::format("{} expects a value, and nothing follows it", name));
    }
    if (value_follows && words[i + 1] == "--") {
      throw UsageError(fmt::format("{} expects a value, and found --, after which the command stands", name));
    }
    line.ours.push_back(words[i++]);
    if (value_follows) line.ours.push_back(words[i++]);
  }
  line.command.assign(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  return line;
}

std::vector<std::string> given_options(const CLI::App& verb, const std::string& group) {
  std::vector<std::string> words;
  for (const CLI::Option* option : verb.get_options()) {
    if (option->count() == 0 || option->get_group() != group) continue;
    const std::string name = "--" + option->get_lnames().front();
    if (!takes_value(*option)) {
      words.push_back(name);
      continue;
    }
    for (const std::string& value : option->results()) words.insert(words.end(), {name, value});
  }
  return words;
}

}  // namespace exitproof::cli
