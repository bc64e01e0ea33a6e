#include "ci/report/junit_report.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "ci/report/conclusion.hpp"
#include "ci/report/console.hpp"
#include "ci/report/finding_words.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/shell_quote.hpp"

namespace exitproof {
namespace {

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
};

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(plain_line(value).c_str());
}

void set_text(pugi::xml_node node, const std::string& lines) {
  node.append_child(pugi::node_pcdata).set_value(plain_lines(lines).c_str());
}

void add_property(pugi::xml_node properties, const char* name, const std::string& value) {
  if (value.empty()) return;
  const pugi::xml_node property = properties.append_child("property");
  set(property, "name", name);
  set(property, "value", value);
}

std::string message_of(const std::vector<const Finding*>& findings) {
  const Violation& first = findings.front()->violation;
  const std::string more = findings.size() == 1 ? "" : fmt::format(" (and {} more)", findings.size() - 1);
  return fmt::format("{}: {}{}", first.invariant, first.detail, more);
}

std::string describe_struck(const StruckCount& struck) {
  return fmt::format("{}: {} fired; trials with these: {} held, {} violated\n", counted(struck.faults, "fault"),
                     struck.fired, struck.held, struck.violated);
}

void write_no_certificate(pugi::xml_node test, const std::vector<std::string>& lacks, Counts& counts) {
  pugi::xml_node error = test.append_child("error");
  ++counts.errors;
  set(error, "type", "no-certificate");
  set(error, "message", lacks.front() + (lacks.size() == 1 ? "" : fmt::format(" (and {} more)", lacks.size() - 1)));
  std::string text = "\n";
  for (const std::string& lack : lacks) text += lack + '\n';
  set_text(error, text);
}

class Suite {
 public:
  Suite(pugi::xml_node suite, const ScenarioReport& scenario) : suite_(suite), scenario_(scenario) {}

  Counts write(const std::string& name) {
    set(suite_, "name", name);
    const auto attribute = [&](const char* of) { return suite_.append_attribute(of); };
    pugi::xml_attribute tests = attribute("tests");
    pugi::xml_attribute failures = attribute("failures");
    pugi::xml_attribute errors = attribute("errors");
    pugi::xml_attribute skipped = attribute("skipped");
    write_properties();
    for (const KindOutcome& outcome : kind_outcomes(scenario_)) write_case(outcome, name);
    write_harness_errors(name);
    write_lacks(name);
    tests.set_value(counts_.tests);
    failures.set_value(counts_.failures);
    errors.set_value(counts_.errors);
    skipped.set_value(counts_.skipped);
    return counts_;
  }

 private:
  void write_properties() {
    const pugi::xml_node properties = suite_.append_child("properties");
    const CampaignResult& result = scenario_.result;
    add_property(properties, "tool", scenario_.context.tool);
    add_property(properties, "kernel", scenario_.context.kernel);
    add_property(properties, "command", shell_join(scenario_.context.command));
    add_property(properties, "level", scenario_.level);
    add_property(properties, "seed", std::to_string(result.seed));
    add_property(properties, "schedule", scenario_.context.seeded ? "seeded" : "free");
    add_property(properties, "world", std::string(world_kind_name(result.survey.scenario.world)));
    add_property(properties, "trials", fmt::format("{} of {}", result.trials.total, result.trials.planned));
    if (result.interrupted) add_property(properties, "interrupted", "yes");
  }

  pugi::xml_node add_case(std::string_view name, const std::string& suite_name) {
    const pugi::xml_node test = suite_.append_child("testcase");
    set(test, "classname", suite_name);
    set(test, "name", std::string(name));
    ++counts_.tests;
    return test;
  }

  void write_case(const KindOutcome& outcome, const std::string& suite_name) {
    pugi::xml_node test = add_case(kind_title(outcome.kind), suite_name);
    if (!outcome.findings.empty()) {
      ++counts_.failures;
      const pugi::xml_node failure = test.append_child("failure");
      set(failure, "type", outcome.findings.front()->violation.invariant);
      set(failure, "message", message_of(outcome.findings));
      std::string text = "\n";
      for (const Finding* finding : outcome.findings) text += describe_finding(*finding, scenario_.context, {}) + '\n';
      set_text(failure, text);
    } else if (outcome.verdict == Verdict::not_exercised) {
      ++counts_.skipped;
      set(test.append_child("skipped"), "message", outcome.why);
    }
    if (outcome.struck.faults > 0) set_text(test.append_child("system-out"), describe_struck(outcome.struck));
  }

  void write_harness_errors(const std::string& suite_name) {
    const CampaignResult& result = scenario_.result;
    if (result.harness_errors.empty() && result.trials.harness_error == 0 && !result.survey.refusal) return;
    pugi::xml_node error = add_case("harness", suite_name).append_child("error");
    ++counts_.errors;
    std::vector<std::string> messages = result.harness_errors;
    if (result.survey.refusal) messages.insert(messages.begin(), *result.survey.refusal);
    set(error, "type", "harness-error");
    set(error, "message", messages.empty() ? counted(result.trials.harness_error, "trial") + " failed" : messages[0]);
    std::string text = "\n";
    for (const std::string& message : messages) text += message + '\n';
    set_text(error, text);
  }

  void write_lacks(const std::string& suite_name) {
    std::vector<std::string> lacks = scenario_.lacks;
    std::erase(lacks, scenario_.result.survey.refusal.value_or(""));
    if (!lacks.empty()) write_no_certificate(add_case("certificate", suite_name), lacks, counts_);
  }

  pugi::xml_node suite_;
  const ScenarioReport& scenario_;
  Counts counts_;
};

/// A suite of its own for what no scenario lacks by itself.
Counts write_whole(pugi::xml_node suite, const std::string& name, const std::vector<std::string>& lacks) {
  set(suite, "name", name);
  suite.append_attribute("tests").set_value(1);
  suite.append_attribute("failures").set_value(0);
  suite.append_attribute("errors").set_value(1);
  suite.append_attribute("skipped").set_value(0);
  const pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", name);
  set(test, "name", "certificate");
  Counts counts{.tests = 1};
  write_no_certificate(test, lacks, counts);
  return counts;
}

std::string title_of(const Certification& certification) {
  if (certification.library.empty()) return "exitproof";
  return certification.version.empty() ? certification.library : certification.library + ' ' + certification.version;
}

}  // namespace

std::string certification_to_junit(const Certification& certification) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node suites = document.append_child("testsuites");
  set(suites, "name", title_of(certification));
  Counts all;
  pugi::xml_attribute tests = suites.append_attribute("tests");
  pugi::xml_attribute failures = suites.append_attribute("failures");
  pugi::xml_attribute errors = suites.append_attribute("errors");
  const auto add = [&](const Counts& counts) {
    all.tests += counts.tests;
    all.failures += counts.failures;
    all.errors += counts.errors;
  };
  for (const ScenarioReport& scenario : certification.scenarios) {
    add(Suite(suites.append_child("testsuite"), scenario).write(scenario.name));
  }
  if (!certification.lacks.empty()) {
    add(write_whole(suites.append_child("testsuite"), title_of(certification), certification.lacks));
  }
  tests.set_value(all.tests);
  failures.set_value(all.failures);
  errors.set_value(all.errors);
  std::ostringstream text;
  document.save(text, " ");
  return text.str() + '\n';
}

}  // namespace exitproof
