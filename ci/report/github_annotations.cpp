#include "ci/report/github_annotations.hpp"

#include <fmt/format.h>

#include <string_view>

#include "ci/report/console.hpp"
#include "ci/report/plain_text.hpp"
#include "ci/report/source_place.hpp"

namespace exitproof {
namespace {

// The runner takes the text after `::` apart at these characters, and puts them together again from %XX.
std::string escaped(std::string_view text, std::string_view characters) {
  std::string shown;
  for (const char character : text) {
    if (characters.find(character) == std::string_view::npos) {
      shown += character;
    } else {
      shown += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return shown;
}

std::string message_of(std::string_view text) {
  return escaped(plain_lines(text), "%\r\n");
}

std::string property_of(std::string_view text) {
  return escaped(plain_line(text), "%\r\n:,");
}

std::string describe_finding_line(const ScenarioReport& scenario, const Finding& finding) {
  std::string properties;
  if (const std::optional<SourcePlace> place = source_place(scenario, finding)) {
    properties = fmt::format("file={},line={},", property_of(place->file), place->line);
  }
  const std::string title = fmt::format("{}: {}", finding.violation.invariant, finding.plan.print());
  return fmt::format("::{} {}title={}::{}\n", finding.flaky() ? "warning" : "error", properties, property_of(title),
                     message_of(describe_finding(finding, scenario.context, {})));
}

std::string describe_error_line(const std::string& message) {
  return fmt::format("::error title=exitproof::{}\n", message_of(plain_line(message)));
}

std::string lines_of(const ScenarioReport& scenario) {
  std::string lines;
  for (const Finding& finding : scenario.result.findings) lines += describe_finding_line(scenario, finding);
  if (scenario.result.survey.refusal) lines += describe_error_line(*scenario.result.survey.refusal);
  for (const std::string& error : scenario.result.harness_errors) lines += describe_error_line(error);
  for (const std::string& lack : scenario.lacks) {
    if (lack != scenario.result.survey.refusal) lines += describe_error_line("no certificate: " + lack);
  }
  return lines;
}

}  // namespace

std::string certification_to_github_annotations(const Certification& certification) {
  std::string text;
  for (const ScenarioReport& scenario : certification.scenarios) {
    const std::string lines = lines_of(scenario);
    if (lines.empty()) continue;
    text += fmt::format("::group::exitproof: {}\n{}::endgroup::\n", message_of(plain_line(scenario.name)), lines);
  }
  for (const std::string& lack : certification.lacks) text += describe_error_line("no certificate: " + lack);
  return text;
}

}  // namespace exitproof
