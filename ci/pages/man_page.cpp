#include "ci/pages/man_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace exitproof::pages {
namespace {

// As text of the page: nothing of it is taken for a request or an escape, and a hyphen can be copied.
std::string escaped(const std::string& text) {
  std::string roff;
  for (const char letter : text) {
    const bool line_start = roff.empty() || roff.back() == '\n';
    if (line_start && (letter == '.' || letter == '\'')) roff += "\\&";
    switch (letter) {
      case '\\':
        roff += "\\e";
        break;
      case '-':
        roff += "\\-";
        break;
      case '\'':
        roff += "\\(aq";
        break;
      case '^':
        roff += "\\(ha";
        break;
      case '~':
        roff += "\\(ti";
        break;
      default:
        roff += letter;
    }
  }
  return roff;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

std::string bold(const std::string& text) {
  return "\\fB" + escaped(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + escaped(text) + "\\fR";
}

std::string section(const std::string& title, const std::string& text) {
  return text.empty() ? "" : fmt::format(".SH {}\n{}", upper(title), text);
}

std::string entry(const std::string& tag, const std::string& text) {
  return fmt::format(".TP\n{}\n{}\n", tag, text);
}

std::string head(const CommandPages& pages, const std::string& name, const std::string& purpose) {
  return fmt::format(
      ".\\\" Made from the definitions of the command line.\n"
      ".TH {} 1 \"\" \"{}\" \"User Commands\"\n"
      ".nh\n.ad l\n"
      ".SH NAME\n{} \\- {}\n",
      upper(escaped(name)), escaped(pages.version), escaped(name), escaped(purpose));
}

std::string verbatim(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = ".nf\n.ft CR\n";
  for (const std::string& line : lines) text += escaped(line) + '\n';
  return text + ".ft R\n.fi\n";
}

std::string describe(const OptionPage& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) names.push_back(bold(name));
  std::string tag = fmt::format("{}", fmt::join(names, ", "));
  if (!option.type.empty()) tag += option.value_may_be_absent ? italic(option.type) : ' ' + italic(option.type);
  std::string text = escaped(option.help) + '.';
  if (!option.usual.empty()) text += fmt::format(" Default: {}.", escaped(option.usual));
  return entry(tag, text);
}

std::string describe_options(const std::vector<OptionPage>& options) {
  std::string text;
  std::string group = "Options";
  for (const OptionPage& option : options) {
    if (option.group != group) text += fmt::format(".SS {}\n", escaped(option.group));
    group = option.group;
    text += describe(option);
  }
  return text;
}

std::string describe_plans() {
  std::string text = escaped(
      "A plan is one fault, or several joined by commas, each armed when the one before has fired; at its end may "
      "stand "
      "schedule=SEED, and none is the plan without a fault. A fault is an action, an @ and the site where it strikes; "
      "a "
      "site is a process (0 the root, 0.2 its second child), a point and a number.");
  text += '\n';
  for (const PlanExample& example : plan_examples) text += entry(bold(example.plan), escaped(example.what) + '.');
  return text;
}

std::string describe_members(const cli::Topic& topic) {
  std::string text;
  for (const cli::TopicEntry& member : topic.entries) {
    text += member.text.empty() ? fmt::format(".br\n{}\n", bold(member.name))
                                : entry(bold(member.name), escaped(member.text) + '.');
  }
  return text;
}

std::string see_also(const CommandPages& pages, const std::string& own) {
  std::vector<std::string> names;
  if (!own.empty()) names.push_back(bold("exitproof") + "(1)");
  for (const VerbPage& verb : pages.verbs) {
    if (verb.name != own) names.push_back(bold("exitproof-" + verb.name) + "(1)");
  }
  return fmt::format("{}\n", fmt::join(names, ",\n"));
}

}  // namespace

std::string command_man_page(const CommandPages& pages) {
  std::string verbs;
  for (const VerbPage& verb : pages.verbs) {
    verbs += entry(bold("exitproof " + verb.name),
                   escaped(verb.description) + fmt::format(" ({}).", bold("exitproof-" + verb.name) + "(1)"));
  }
  std::string text = head(pages, "exitproof", "fault injection for shutdown correctness");
  text += section("Synopsis", escaped(pages.usage) + '\n');
  text += section("Description", escaped(pages.description) + '\n');
  text += section("Verbs", verbs);
  text += section("Options", describe_options(pages.options));
  text += section("Plans", describe_plans());
  for (const cli::Topic& topic : pages.topics) text += section(std::string(topic.title), describe_members(topic));
  text += section("Examples", verbatim(pages.examples));
  return text + section("See also", see_also(pages, ""));
}

std::string verb_man_page(const CommandPages& pages, const VerbPage& verb) {
  std::string text = head(pages, "exitproof-" + verb.name, verb.description);
  text += section("Synopsis", escaped(verb.usage) + '\n');
  text += section("Arguments", describe_options(verb.arguments));
  text += section("Options", describe_options(verb.options));
  text += section("Examples", verbatim(verb.examples));
  for (const cli::Topic& topic : pages.topics) {
    if (topic.name == "statuses") text += section("Exit status", describe_members(topic));
  }
  return text + section("See also", see_also(pages, verb.name));
}

}  // namespace exitproof::pages
