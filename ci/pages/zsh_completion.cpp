#include <fmt/format.h>

#include "ci/pages/completions.hpp"
#include "ci/pages/script_text.hpp"

namespace exitproof::pages {
namespace {

constexpr const char* script = R"--(#compdef exitproof
# Completion of exitproof for zsh. Made from the definitions of the command line.

_exitproof_kinds() {
  compset -P '*,'
  compadd -S '' -- @KINDS@
}

_exitproof_plans() {
  compset -P '*,'
  if compset -P '*@*:'; then
    [[ $IPREFIX == *@(quiet:|*:*:) ]] || compadd -S '' -- @POINTS@
  elif compset -P '*@'; then
    compadd -S '' -- 0: quiet:1
  elif [[ -z $PREFIX ]]; then
    compadd -S '' -- @COMMON_FAULTS@
  else
    compadd -S '' -- @FAULTS@
  fi
}

_exitproof_topics() {
  compadd -- @TOPICS@
}

_exitproof() {
  local curcontext=$curcontext context state line
  typeset -A opt_args
  _arguments -C @TOP@ '1:verb:->verb' '*::argument:->verbs_own' && return
  case $state in
    verb)
      local -a verbs=(
@VERBS@      )
      _describe verb verbs
      ;;
    verbs_own)
      curcontext=${curcontext%:*:*}:exitproof-$words[1]:
      case $words[1] in
@CASES@      esac
      ;;
  esac
}

_exitproof "$@"
)--";

// Within a specification of _arguments a bracket or a colon would end the text.
std::string plain(const std::string& text) {
  return filled(filled(filled(text, "[", "\\["), "]", "\\]"), ":", "\\:");
}

std::string action(const ValueSource& source) {
  switch (source.kind) {
    case ValueSource::Kind::unknown:
      return " ";
    case ValueSource::Kind::choices:
      return "(" + filled(joined(source.choices), ":", "\\:") + ")";
    case ValueSource::Kind::topic:
      return "_exitproof_topics";
    case ValueSource::Kind::file:
      return "_files";
    case ValueSource::Kind::folder:
      return "_files -/";
    case ValueSource::Kind::fault_kinds:
      return "_exitproof_kinds";
    case ValueSource::Kind::plan:
      return "_exitproof_plans";
  }
  return " ";
}

// One specification for each name; a name that was given excludes the others, unless it may be given again.
std::string specification(const OptionPage& option) {
  std::string text;
  for (const std::string& name : option.names) {
    std::string spec = option.repeatable ? "*" : "(" + joined(option.names) + ")";
    spec += name;
    const bool takes_value = !option.type.empty();
    if (takes_value) spec += option.value_may_be_absent ? "=-" : "=";
    spec += '[' + plain(option.help) + ']';
    if (takes_value) {
      spec += (option.value_may_be_absent ? "::" : ":") + plain(option.type) + ':' + action(value_source(option));
    }
    text += (text.empty() ? "" : " ") + in_quotes(spec);
  }
  return text;
}

std::string verb_case(const VerbPage& verb) {
  std::string text = fmt::format("        {})\n          _arguments -S", verb.name);
  for (const OptionPage& option : verb.options) text += " \\\n            " + specification(option);
  for (std::size_t i = 0; i < verb.arguments.size(); ++i) {
    const OptionPage& argument = verb.arguments[i];
    text += fmt::format(" \\\n            '{}:{}:{}'", i + 1, argument.names.front(), action(value_source(argument)));
  }
  if (verb.takes_command) text += " \\\n            '*:::command: _normal'";
  return text + "\n          ;;\n";
}

}  // namespace

std::string zsh_completion(const CommandPages& pages) {
  std::string top;
  std::string verbs;
  std::string cases;
  for (const OptionPage& option : pages.options) top += (top.empty() ? "" : " ") + specification(option);
  for (const VerbPage& verb : pages.verbs) {
    verbs += fmt::format("        {}\n", in_quotes(verb.name + ':' + verb.description));
    cases += verb_case(verb);
  }
  std::string text = filled(script, "@KINDS@", joined(topic_members(pages, "faults")));
  text = filled(text, "@POINTS@", joined(point_words(pages)));
  text = filled(text, "@COMMON_FAULTS@", joined(common_fault_words(pages)));
  text = filled(text, "@FAULTS@", joined(fault_words(pages)));
  text = filled(text, "@TOPICS@", joined(topic_words(pages)));
  text = filled(text, "@TOP@", top);
  text = filled(text, "@VERBS@", verbs);
  return filled(text, "@CASES@", cases);
}

}  // namespace exitproof::pages
