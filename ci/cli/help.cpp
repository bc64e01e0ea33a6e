#include "ci/cli/help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <sstream>

namespace exitproof::cli {
namespace {

constexpr std::size_t line_width = 110;
constexpr const char* examples_title = "Examples:\n";

/// Groups of options other than the verb's own are only named, but for --help-all: they are many, and several verbs
/// have them in common.
class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) {}

  const std::string& usage() const { return usage_; }

  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return "Usage: " + usage_ + "\n";
  }

  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    if (mode != CLI::AppFormatMode::Normal) return CLI::Formatter::make_help(app, name, mode);
    return make_description(app) + make_usage(app, name) + make_positionals(app) + short_groups(*app) +
           make_subcommands(app, mode) + '\n' + make_footer(app);
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    const bool has_type = option->get_type_size() != 0 && !option->get_positional();
    const std::string type = has_type ? option->get_type_name() : "";
    const bool repeatable = option->get_expected_max() == CLI::detail::expected_max_vector_size;
    return (type.empty() ? "" : ' ' + type) + (repeatable ? " ..." : "");
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    const std::string names = make_option_name(option, is_positional) + make_option_opts(option);
    const std::size_t column = get_column_width();
    const std::string indent(column, ' ');
    const std::string usual = option->get_default_str();
    const std::string text = make_option_desc(option) + (usual.empty() ? "" : fmt::format(" (default: {})", usual));
    const auto lines = wrapped(text, line_width - column);
    const bool beside = names.size() + 3 <= column;
    return fmt::format("  {:<{}}{}{}\n", names, column - 2, beside ? "" : "\n" + indent,
                       fmt::join(lines, "\n" + indent));
  }

 private:
  std::string short_groups(const CLI::App& app) const {
    std::string text;
    for (const std::string& group : app.get_groups()) {
      const auto options = app.get_options(
          [&](const CLI::Option* option) { return option->get_group() == group && option->nonpositional(); });
      if (options.empty() || group.empty()) continue;
      text += group == "Options" ? make_group(group, false, options) : named_only(app, group, options);
    }
    return text;
  }

  static std::string named_only(const CLI::App& app, const std::string& group,
                                const std::vector<const CLI::Option*>& options) {
    std::string names;
    for (const CLI::Option* option : options) names += (names.empty() ? "" : " ") + option->get_name();
    return fmt::format("\n{} options, which exitproof {} --help-all tells more of:\n  {}\n", group, app.get_name(),
                       fmt::join(wrapped(names, line_width - 2), "\n  "));
  }

  std::string usage_;
};

}  // namespace

void set_usage(CLI::App& verb, std::string usage) {
  verb.formatter(std::make_shared<HelpFormatter>(std::move(usage)));
}

std::string usage_of(const CLI::App& verb) {
  const auto formatter = std::dynamic_pointer_cast<HelpFormatter>(verb.get_formatter());
  return formatter ? formatter->usage() : verb.get_name();
}

void set_examples(CLI::App& app, const std::vector<Example>& examples, const std::string& rest) {
  std::size_t width = 0;
  for (const Example& example : examples) {
    if (!example.what.empty()) width = std::max(width, example.line.size());
  }
  std::string text = examples_title;
  for (const Example& example : examples) {
    text += example.what.empty() ? fmt::format("  {}\n", example.line)
                                 : fmt::format("  {:<{}}   {}\n", example.line, width, example.what);
  }
  text += rest;
  if (text.ends_with('\n')) text.pop_back();
  app.footer(text);
}

std::vector<std::string> example_lines(const CLI::App& app) {
  const std::string text = app.get_footer();
  std::vector<std::string> lines;
  if (!text.starts_with(examples_title) || (app.get_parent() != nullptr && text == app.get_parent()->get_footer())) {
    return lines;
  }
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("  ")) lines.push_back(line.substr(2));
  }
  return lines;
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > width) {
      lines.push_back(word);
    } else {
      lines.back() += ' ' + word;
    }
  }
  return lines;
}

}  // namespace exitproof::cli
