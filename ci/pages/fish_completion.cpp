#include <fmt/format.h>

#include "ci/pages/completions.hpp"
#include "ci/pages/script_text.hpp"

namespace exitproof::pages {
namespace {

constexpr const char* functions =
    R"--(# Completion of exitproof for fish. Made from the definitions of the command line.

function __exitproof_at_verb
    test (count (commandline -opc)) -eq 1
end

# Whether the words before this one are those of a verb, and the subject's command has not begun.
function __exitproof_in
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]; and not contains -- -- $words
end

function __exitproof_in_command
    contains -- -- (commandline -opc)
end

function __exitproof_kinds
    set -l before (string match -r '^.*,' -- (commandline -ct | string replace -r '^--[^=]*=' ''))
    for kind in @KINDS@
        echo "$before$kind"
    end
end

function __exitproof_plans
    set -l before (string match -r '^.*,' -- (commandline -ct))
    set -l fault (string replace -r '^.*,' '' -- (commandline -ct))
    switch $fault
        case '*@quiet:*' '*@*:*:*' '*@*:*=*'
        case '*@*:*'
            set -l place (string replace -r ':[^:]*$' ':' -- $fault)
            for point in @POINTS@
                echo "$before$place$point"
            end
        case '*@*'
            set -l action (string replace -r '@.*$' '@' -- $fault)
            echo "$before$action"0:
            echo "$before$action"quiet:1
        case ''
            for word in @COMMON_FAULTS@
                echo "$before$word"
            end
        case '*'
            for word in @FAULTS@
                echo "$before$word"
            end
    end
end

complete -c exitproof -n __exitproof_at_verb -f
complete -c exitproof -n __exitproof_in_command -xa '(__fish_complete_subcommand --commandline (string match -rg "^.*? -- *(.*)" -- (commandline -cp)))'
)--";

std::string candidates(const CommandPages& pages, const ValueSource& source) {
  switch (source.kind) {
    case ValueSource::Kind::unknown:
      return " -x";
    case ValueSource::Kind::choices:
      return " -xa " + in_fish_quotes(joined(source.choices));
    case ValueSource::Kind::topic:
      return " -xa " + in_fish_quotes(joined(topic_words(pages)));
    case ValueSource::Kind::file:
      return " -rF";
    case ValueSource::Kind::folder:
      return " -xa '(__fish_complete_directories)'";
    case ValueSource::Kind::fault_kinds:
      return " -xa '(__exitproof_kinds)'";
    case ValueSource::Kind::plan:
      return " -xa '(__exitproof_plans)'";
  }
  return {};
}

std::string line(const CommandPages& pages, const std::string& condition, const OptionPage& option) {
  std::string text = "complete -c exitproof -n " + in_fish_quotes(condition);
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  const bool takes_value = !option.type.empty() && !option.value_may_be_absent;
  if (takes_value) text += candidates(pages, value_source(option));
  return text + " -d " + in_fish_quotes(option.help) + '\n';
}

std::string verb_lines(const CommandPages& pages, const VerbPage& verb) {
  const std::string condition = "__exitproof_in " + verb.name;
  std::string text = fmt::format("complete -c exitproof -n __exitproof_at_verb -a {} -d {}\n", verb.name,
                                 in_fish_quotes(verb.description));
  for (const OptionPage& argument : verb.arguments) {
    text += fmt::format("complete -c exitproof -n {}{}\n", in_fish_quotes(condition),
                        candidates(pages, value_source(argument)));
  }
  for (const OptionPage& option : verb.options) text += line(pages, condition, option);
  return text;
}

}  // namespace

std::string fish_completion(const CommandPages& pages) {
  std::string text = filled(functions, "@KINDS@", joined(topic_members(pages, "faults")));
  text = filled(text, "@POINTS@", joined(point_words(pages)));
  text = filled(text, "@COMMON_FAULTS@", joined(common_fault_words(pages)));
  text = filled(text, "@FAULTS@", joined(fault_words(pages)));
  for (const OptionPage& option : pages.options) text += line(pages, "__exitproof_at_verb", option);
  for (const VerbPage& verb : pages.verbs) text += verb_lines(pages, verb);
  return text;
}

}  // namespace exitproof::pages
