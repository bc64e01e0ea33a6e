#include "ci/report/sarif_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ci/report/conclusion.hpp"
#include "ci/report/finding_words.hpp"
#include "ci/report/plain_text.hpp"
#include "ci/report/reported_invariants.hpp"
#include "ci/report/source_place.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* schema_uri =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char* source_root = "%SRCROOT%";

Json message_json(const std::string& text) {
  return {{"text", plain_lines(text)}};
}

/// "no-orphans" as an identifier of the usual kind, "NoOrphans"; empty for a name that is of another form.
std::string rule_name(std::string_view invariant) {
  std::string name;
  bool begins = true;
  for (const char character : invariant) {
    const bool is_letter = character >= 'a' && character <= 'z';
    if (!is_letter && (begins || character != '-')) return {};
    if (is_letter) name += begins ? static_cast<char>(character - 'a' + 'A') : character;
    begins = !is_letter;
  }
  return name;
}

Json rule_json(const ReportedInvariant& invariant) {
  Json rule = {{"id", plain_line(invariant.name)}};
  if (const std::string name = rule_name(invariant.name); !name.empty()) rule["name"] = name;
  rule["shortDescription"] = message_json(invariant.claim);
  rule["fullDescription"] = message_json("exitproof tries that " + invariant.claim + ".");
  rule["help"] = message_json(invariant.help);
  rule["defaultConfiguration"] = {{"level", "error"}};
  return rule;
}

using Rules = std::vector<ReportedInvariant>;

Json rules_json(const Rules& rules) {
  Json list = Json::array();
  for (const ReportedInvariant& rule : rules) list.push_back(rule_json(rule));
  return list;
}

std::size_t rule_index(const Rules& rules, const std::string& invariant) {
  return static_cast<std::size_t>(std::ranges::find(rules, invariant, &ReportedInvariant::name) - rules.begin());
}

Json artifact_json(const std::string& file) {
  Json artifact = {{"uri", uri_of(file)}};
  if (!file.starts_with('/')) artifact["uriBaseId"] = source_root;
  return artifact;
}

Json physical_json(const std::string& file, int line) {
  Json physical = {{"artifactLocation", artifact_json(file)}};
  if (line > 0) physical["region"] = {{"startLine", line}};
  return physical;
}

Json location_json(const ScenarioReport& scenario, const Finding& finding) {
  const std::optional<SourcePlace> place = source_place(scenario, finding);
  Json location = Json::object();
  std::string name = finding.violation.command;
  std::string kind = "process";
  if (place) {
    location["physicalLocation"] = physical_json(place->file, place->line);
    if (!place->function.empty()) {
      name = place->function;
      kind = "function";
    }
  }
  if (name.empty()) name = scenario.name;
  location["logicalLocations"] = {
      {{"name", plain_line(name)}, {"fullyQualifiedName", plain_line(scenario.name + '/' + name)}, {"kind", kind}}};
  return location;
}

Json frame_json(const ScenarioReport& scenario, const Frame& frame) {
  Json location = Json::object();
  if (!frame.file.empty()) {
    location["physicalLocation"] = physical_json(seen_from_scenario(scenario, frame.file), frame.line);
  }
  const std::string function = frame.function.empty() ? fmt::format("{:#x}", frame.offset) : frame.function;
  location["logicalLocations"] = {{{"fullyQualifiedName", plain_line(function)}, {"kind", "function"}}};
  return {{"location", std::move(location)}, {"module", plain_line(frame.module)}};
}

Json stacks_json(const ScenarioReport& scenario, const FaultRecord& struck) {
  Json frames = Json::array();
  for (const Frame& frame : struck.stack) frames.push_back(frame_json(scenario, frame));
  return {{{"message", message_json("where " + struck.fault.print() + " struck")}, {"frames", std::move(frames)}}};
}

Json properties_json(const ScenarioReport& scenario, const Finding& finding) {
  return {{"scenario", plain_line(scenario.name)},
          {"fault", kind_title(finding.kind)},
          {"plan", finding.plan.print()},
          {"replay", plain_lines(replay_line(scenario.context, finding.plan))},
          {"rate", {{"times", finding.replayed}, {"same", finding.same}}},
          {"trials", finding.trials},
          {"process", finding.violation.process ? finding.violation.process->print() : ""},
          {"command", plain_line(finding.violation.command)},
          {"subject", plain_line(finding.violation.subject)},
          {"recovery", recovery_name(finding.violation.recovery)}};
}

Json result_json(const Rules& rules, const ScenarioReport& scenario, const Finding& finding) {
  const Violation& violation = finding.violation;
  Json result = {
      {"ruleId", violation.invariant},
      {"ruleIndex", rule_index(rules, violation.invariant)},
      {"level", finding.flaky() ? "warning" : "error"},
      {"message", message_json(fmt::format("{}\n{}; {}.\n{}", plain_line(violation.detail), describe_plan(finding.plan),
                                           describe_rate(finding), replay_line(scenario.context, finding.plan)))},
      {"locations", {location_json(scenario, finding)}}};
  if (finding.struck && !finding.struck->stack.empty()) result["stacks"] = stacks_json(scenario, *finding.struck);
  result["partialFingerprints"] = {{"exitproofSignature/v1", plain_line(scenario.name + " | " + finding.signature)}};
  result["properties"] = properties_json(scenario, finding);
  return result;
}

Json notification(const std::string& level, const ScenarioReport& scenario, const std::string& text) {
  return {{"level", level}, {"message", message_json(plain_line(scenario.name + ": " + text))}};
}

Json notifications_json(const Certification& certification) {
  Json all = Json::array();
  for (const ScenarioReport& scenario : certification.scenarios) {
    const CampaignResult& result = scenario.result;
    if (result.survey.refusal) all.push_back(notification("error", scenario, *result.survey.refusal));
    for (const std::string& error : result.harness_errors) all.push_back(notification("error", scenario, error));
    for (const std::string& lack : scenario.lacks) {
      if (lack != result.survey.refusal) all.push_back(notification("error", scenario, "no certificate: " + lack));
    }
    for (const Skip& skip : result.skipped) {
      all.push_back(notification("note", scenario, fmt::format("skipped: {}: {}", skip.check, skip.why)));
    }
    for (const KindOutcome& outcome : kind_outcomes(scenario)) {
      if (outcome.verdict != Verdict::not_exercised) continue;
      all.push_back(notification("note", scenario, fmt::format("{}: {}", kind_title(outcome.kind), outcome.why)));
    }
  }
  for (const std::string& lack : certification.lacks) {
    all.push_back({{"level", "error"}, {"message", message_json(plain_line("no certificate: " + lack))}});
  }
  return all;
}

bool was_whole(const Certification& certification) {
  if (!all_lacks(certification).empty()) return false;
  const Conclusion conclusion = conclusion_of(certification);
  const bool interrupted =
      std::ranges::any_of(certification.scenarios, [](const auto& scenario) { return scenario.result.interrupted; });
  return !interrupted && (conclusion == Conclusion::held || conclusion == Conclusion::violated);
}

Json driver_json(const Rules& rules, const Certification& certification) {
  const std::string tool = certification.scenarios.empty() ? "" : certification.scenarios.front().context.tool;
  Json driver = {{"name", "exitproof"}};
  if (const std::size_t space = tool.rfind(' '); space != std::string::npos) driver["version"] = tool.substr(space + 1);
  driver["rules"] = rules_json(rules);
  return driver;
}

}  // namespace

std::string certification_to_sarif(const Certification& certification) {
  const Rules rules = reported_invariants(certification.scenarios);
  Json results = Json::array();
  for (const ScenarioReport& scenario : certification.scenarios) {
    for (const Finding& finding : scenario.result.findings) results.push_back(result_json(rules, scenario, finding));
  }
  Json run = {{"tool", {{"driver", driver_json(rules, certification)}}},
              {"invocations",
               {{{"executionSuccessful", was_whole(certification)},
                 {"toolExecutionNotifications", notifications_json(certification)}}}},
              {"columnKind", "utf16CodeUnits"},
              {"results", std::move(results)}};
  if (!certification.library.empty()) {
    run["properties"] = {{"library", plain_line(certification.library)},
                         {"version", plain_line(certification.version)}};
  }
  const Json log = {{"$schema", schema_uri}, {"version", "2.1.0"}, {"runs", {std::move(run)}}};
  return log.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace exitproof
