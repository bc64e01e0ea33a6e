#include <fmt/format.h>

#include "ci/pages/completions.hpp"
#include "ci/pages/script_text.hpp"

namespace exitproof::pages {
namespace {

constexpr const char* script = R"--(# Completion of exitproof for bash. Made from the definitions of the command line.

# What a verb takes: sets `options`, and `arguments`, the kinds of its own words before the subject's command.
_exitproof_verb() {
  options='' arguments=()
  case $1 in
@VERBS@  esac
}

# Of what kind the value of an option is: sets `kind` and `choices`. An option that is not here has no value.
_exitproof_value() {
  kind='' choices=''
  case $1 in
@VALUES@  esac
}

# Offers the candidates that begin with `cur`. Readline replaces only what stands behind the last word break.
_exitproof_offer() {
  local candidate breaks=${COMP_WORDBREAKS-}
  local behind=${cur##*[${breaks:- }]}
  local head=${cur%"$behind"}
  for candidate; do
    [[ $candidate == "$cur"* ]] || continue
    COMPREPLY+=("${candidate#"$head"}")
    [[ $candidate != *[@=:,] ]] || compopt -o nospace
  done
}

_exitproof_offer_plan() {
  local before='' fault=$cur word
  local -a candidates=()
  if [[ $cur == *,* ]]; then
    before=${cur%,*},
    fault=${cur##*,}
  fi
  case $fault in
    *@quiet:* | *@*:*[:=]*) ;;
    *@*:*) for word in @POINTS@; do candidates+=("$before${fault%:*}:$word"); done ;;
    *@*) candidates=("$before${fault%@*}@0:" "$before${fault%@*}@quiet:1") ;;
    '') for word in @COMMON_FAULTS@; do candidates+=("$before$word"); done ;;
    *) for word in @FAULTS@; do candidates+=("$before$word"); done ;;
  esac
  _exitproof_offer "${candidates[@]}"
}

_exitproof_offer_kinds() {
  local before='' word
  local -a candidates=()
  [[ $cur != *,* ]] || before=${cur%,*},
  for word in @KINDS@; do candidates+=("$before$word"); done
  _exitproof_offer "${candidates[@]}"
}

_exitproof_offer_value() {
  local typed=$cur
  [[ $cur != -*=* ]] || typed=${cur#*=}
  case $kind in
    choices)
      local -a all
      read -ra all <<<"$choices"
      _exitproof_offer "${all[@]/#/${cur%"$typed"}}"
      ;;
    kinds)
      local whole=$cur
      cur=$typed
      _exitproof_offer_kinds
      cur=$whole
      ;;
    plan) _exitproof_offer_plan ;;
    file)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$typed")
      ;;
    folder)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$typed")
      ;;
    *) compopt -o default ;;
  esac
}

# The subject's command begins at words[$1].
_exitproof_offer_command() {
  local i
  if declare -F _command_offset >/dev/null; then
    for ((i = 1; i < COMP_CWORD; ++i)); do
      if [[ ${COMP_WORDS[i]} == -- ]]; then
        _command_offset $((i + 1))
        return
      fi
    done
  fi
  compopt -o default
  (($1 != last)) || mapfile -t COMPREPLY < <(compgen -c -- "$cur")
}

_exitproof() {
  local line=${COMP_LINE:0:COMP_POINT} cur options kind choices
  local -a words arguments
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line != *[[:space:]] ]] || words+=('')
  local last=$((${#words[@]} - 1)) i
  cur=${words[last]}
  if ((last < 2)); then
    _exitproof_offer @TOP@
    return
  fi
  _exitproof_verb "${words[1]}"
  for ((i = 2; i < last; ++i)); do
    case ${words[i]} in
      --)
        _exitproof_offer_command $((i + 1))
        return
        ;;
      -*=*) ;;
      -*)
        _exitproof_value "${words[1]}:${words[i]}"
        if [[ -n $kind ]] && ((++i == last)); then
          _exitproof_offer_value
          return
        fi
        ;;
      *)
        if ((${#arguments[@]} == 0)); then
          _exitproof_offer_command "$i"
          return
        fi
        arguments=("${arguments[@]:1}")
        ;;
    esac
  done
  if [[ $cur == -*=* ]]; then
    _exitproof_value "${words[1]}:${cur%%=*}"
    _exitproof_offer_value
  elif [[ $cur == -* || ${#arguments[@]} == 0 ]]; then
    _exitproof_offer $options
  else
    kind=${arguments[0]} choices=@TOPICS@
    _exitproof_offer_value
  fi
}

complete -F _exitproof exitproof
)--";

std::string kind_word(const ValueSource& source) {
  switch (source.kind) {
    case ValueSource::Kind::unknown:
      return "any";
    case ValueSource::Kind::choices:
    case ValueSource::Kind::topic:
      return "choices";
    case ValueSource::Kind::file:
      return "file";
    case ValueSource::Kind::folder:
      return "folder";
    case ValueSource::Kind::fault_kinds:
      return "kinds";
    case ValueSource::Kind::plan:
      return "plan";
  }
  return "any";
}

std::string verb_case(const VerbPage& verb) {
  std::vector<std::string> options;
  std::vector<std::string> arguments;
  for (const OptionPage& option : verb.options) {
    options.insert(options.end(), option.names.begin(), option.names.end());
  }
  if (verb.takes_command) options.emplace_back("--");
  for (const OptionPage& argument : verb.arguments) arguments.push_back(kind_word(value_source(argument)));
  return fmt::format("    {}) options={} arguments=({}) ;;\n", verb.name, in_quotes(joined(options)),
                     joined(arguments));
}

std::string value_cases(const VerbPage& verb) {
  std::string text;
  for (const OptionPage& option : verb.options) {
    if (option.type.empty() || option.value_may_be_absent) continue;
    const ValueSource source = value_source(option);
    const std::string choices = source.choices.empty() ? "" : " choices=" + in_quotes(joined(source.choices));
    for (const std::string& name : option.names) {
      text += fmt::format("    {}:{}) kind={}{} ;;\n", verb.name, name, kind_word(source), choices);
    }
  }
  return text;
}

}  // namespace

std::string bash_completion(const CommandPages& pages) {
  std::string verbs;
  std::string values;
  std::vector<std::string> top;
  for (const VerbPage& verb : pages.verbs) {
    verbs += verb_case(verb);
    values += value_cases(verb);
    top.push_back(verb.name);
  }
  for (const OptionPage& option : pages.options) top.insert(top.end(), option.names.begin(), option.names.end());
  std::string text = filled(script, "@VERBS@", verbs);
  text = filled(text, "@VALUES@", values);
  text = filled(text, "@TOP@", joined(top));
  text = filled(text, "@POINTS@", joined(point_words(pages)));
  text = filled(text, "@COMMON_FAULTS@", joined(common_fault_words(pages)));
  text = filled(text, "@FAULTS@", joined(fault_words(pages)));
  text = filled(text, "@KINDS@", joined(topic_members(pages, "faults")));
  return filled(text, "@TOPICS@", in_quotes(joined(topic_words(pages))));
}

}  // namespace exitproof::pages
