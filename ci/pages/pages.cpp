#include "ci/pages/pages.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <sstream>

#include "ci/cli/help.hpp"
#include "ci/cli/version.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/names.hpp"
#include "exitproof/parse_error.hpp"

namespace exitproof::pages {
namespace {

OptionPage page_of(const CLI::Option& option) {
  OptionPage page;
  if (option.get_positional()) {
    page.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) page.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) page.names.push_back("--" + name);
  }
  page.type = option.get_type_size() == 0 || option.get_positional() ? "" : option.get_type_name();
  page.value_may_be_absent = !page.type.empty() && option.get_items_expected_min() == 0;
  page.repeatable = option.get_expected_max() == CLI::detail::expected_max_vector_size;
  page.usual = option.get_default_str();
  page.help = option.get_description();
  page.group = option.get_group();
  return page;
}

VerbPage page_of(const cli::Verb& verb) {
  VerbPage page;
  page.name = verb.app->get_name();
  page.description = verb.app->get_description();
  page.usage = cli::usage_of(*verb.app);
  page.examples = cli::example_lines(*verb.app);
  page.takes_command = verb.takes_command;
  for (const CLI::Option* option : std::as_const(*verb.app).get_options()) {
    (option->get_positional() ? page.arguments : page.options).push_back(page_of(*option));
  }
  return page;
}

// What a choice begins with that can be typed as it is: all of "free", "file:" of "file:GLOB", "random" of
// "random[:N]", nothing of "COMMAND".
std::string typed_part(const std::string& choice) {
  const auto variable = std::find_if(choice.begin(), choice.end(),
                                     [](unsigned char letter) { return letter == '[' || std::isupper(letter) != 0; });
  return {choice.begin(), variable};
}

// Whether a fault can be called so: not every kind is an action too, and not every signal is a fault of its own.
bool is_action(const std::string& word) {
  for (const char* const site : {"@0:write:1", "@0:probe=point:1", "@0:new:1"}) {
    try {
      static_cast<void>(Fault::parse(word + site));
      return true;
    } catch (const ParseError&) {
      continue;
    }
  }
  return false;
}

ValueSource choices_of(const std::string& type) {
  ValueSource source{ValueSource::Kind::choices, {}};
  std::istringstream parts(type);
  for (std::string choice; std::getline(parts, choice, '|');) {
    if (choice == "SIGNAL") {
      const auto signals = all_signal_names();
      source.choices.insert(source.choices.end(), signals.begin(), signals.end());
    } else if (std::string part = typed_part(choice); !part.empty()) {
      source.choices.push_back(std::move(part));
    }
  }
  return source;
}

}  // namespace

CommandPages read_pages(const cli::Command& command) {
  CommandPages pages;
  pages.version = cli::version_text;
  pages.description = command.app.get_description();
  pages.usage = cli::usage_of(command.app);
  pages.examples = cli::example_lines(command.app);
  pages.topics = cli::all_topics();
  for (const CLI::Option* option : command.app.get_options()) pages.options.push_back(page_of(*option));
  for (const cli::Verb& verb : command.verbs) {
    if (!verb.app->get_group().empty()) pages.verbs.push_back(page_of(verb));
  }
  return pages;
}

ValueSource value_source(const OptionPage& option) {
  using Kind = ValueSource::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 7> known{{{"FILE", Kind::file},
                                                                    {"MANIFEST", Kind::file},
                                                                    {"CERTIFICATE", Kind::file},
                                                                    {"DIR", Kind::folder},
                                                                    {"KIND,...", Kind::fault_kinds},
                                                                    {"PLAN", Kind::plan},
                                                                    {"TOPIC", Kind::topic}}};
  const std::string& type = option.type.empty() ? option.names.front() : option.type;
  if (type.find('|') != std::string::npos) return choices_of(type);
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& pair) { return pair.first == type; });
  return {found == known.end() ? Kind::unknown : found->second, {}};
}

std::vector<std::string> topic_members(const CommandPages& pages, std::string_view topic) {
  std::vector<std::string> names;
  for (const cli::Topic& known : pages.topics) {
    if (known.name != topic) continue;
    for (const cli::TopicEntry& entry : known.entries) names.push_back(entry.name);
  }
  return names;
}

std::vector<std::string> topic_words(const CommandPages& pages) {
  std::vector<std::string> words;
  for (const cli::Topic& topic : pages.topics) {
    words.emplace_back(topic.name);
    for (const cli::TopicEntry& entry : topic.entries) words.push_back(entry.name);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::vector<std::string> common_fault_words(const CommandPages& pages) {
  std::vector<std::string> words = fault_words(pages);
  std::erase_if(words, [](const std::string& word) { return std::isupper(static_cast<unsigned char>(word[0])) != 0; });
  return words;
}

std::vector<std::string> point_words(const CommandPages& pages) {
  std::vector<std::string> words{"quiet:", "tick:", "new:", "probe=", "line=", "call="};
  for (const std::string& call_class : topic_members(pages, "classes")) words.push_back(call_class + ':');
  return words;
}

std::vector<std::string> fault_words(const CommandPages& pages) {
  std::vector<std::string> words{"short=", "pause=", "raise="};
  const auto add = [&](std::string_view action) {
    if (is_action(std::string(action))) words.push_back(std::string(action) + '@');
  };
  for (const std::string& kind : topic_members(pages, "faults")) add(kind);
  for (const char* const action : {"throw", "bad-alloc"}) add(action);
  for (const std::string_view name : all_signal_names()) add(name);
  for (const std::string_view name : all_errno_names()) add(name);
  return words;
}

}  // namespace exitproof::pages
