#pragma once

#include <string>
#include <vector>

#include "ci/cli/command.hpp"
#include "ci/cli/topics.hpp"

namespace exitproof::pages {

/// What manual pages and completions are made of: the command as it is declared to CLI11, as plain texts.
struct OptionPage {
  std::vector<std::string> names;    ///< "-h", "--help"; for an argument its word alone: "PLAN"
  std::string type;                  ///< "N", "free|seeded"; empty: a flag
  bool value_may_be_absent = false;  ///< the value follows only as --option=VALUE
  bool repeatable = false;
  std::string usual;  ///< the default, in words; may be empty
  std::string help;
  std::string group;
};

struct VerbPage {
  std::string name;
  std::string description;
  std::string usage;
  std::vector<std::string> examples;  ///< lines
  std::vector<OptionPage> arguments;
  std::vector<OptionPage> options;
  bool takes_command = false;  ///< the subject's command comes last
};

struct CommandPages {
  std::string version;  ///< "exitproof 0.1.0"
  std::string description;
  std::string usage;
  std::vector<std::string> examples;
  std::vector<OptionPage> options;  ///< before any verb
  std::vector<VerbPage> verbs;      ///< without the hidden ones
  std::vector<cli::Topic> topics;
};

CommandPages read_pages(const cli::Command& command);

/// Where the candidates of an option's value come from.
struct ValueSource {
  enum class Kind {
    unknown,  ///< a text of which nothing is known
    choices,  ///< one of `choices`
    file,
    folder,
    fault_kinds,  ///< kinds of faults, joined by commas
    plan,
    topic,  ///< a topic of `exitproof list`, or a member of one
  };
  Kind kind = Kind::unknown;
  std::vector<std::string> choices;  ///< as far as they are known: "file:" of "file:GLOB"
};

/// By the type of an option, or the word of an argument.
ValueSource value_source(const OptionPage& option);

/// The members of a topic; none for one that is not there.
std::vector<std::string> topic_members(const CommandPages& pages, std::string_view topic);

/// What `exitproof list` takes: each topic and all its members.
std::vector<std::string> topic_words(const CommandPages& pages);

/// What a plan's fault may be called before its "@", each with the "@" or "=" that follows it.
std::vector<std::string> fault_words(const CommandPages& pages);
/// Those of them that are not one of the many signals and errnos.
std::vector<std::string> common_fault_words(const CommandPages& pages);
/// What may follow the process in a site, each with the ":" or "=" that follows it.
std::vector<std::string> point_words(const CommandPages& pages);

}  // namespace exitproof::pages
