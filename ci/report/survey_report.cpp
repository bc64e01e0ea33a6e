#include "ci/report/survey_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ci/report/plain_text.hpp"
#include "ci/report/timeline.hpp"

namespace exitproof {
namespace {

/// "mktemp 0.1": sites are listed by the process they belong to, in the order of the survey.
std::string owner_of(const SiteRecord& record) {
  const std::string process = record.site.process ? print_selector(*record.site.process) : "";
  return fmt::format("{} {}", process, record.command);
}

/// What sites of one kind are counted under: the class of a call, "probe=save", "new", "line=report"; empty for a
/// quiet moment.
std::string count_name(const SiteRecord& record) {
  if (std::holds_alternative<QuietPoint>(record.site.point)) return {};
  if (const auto* call = std::get_if<CallPoint>(&record.site.point)) {
    return std::string(call_class_name(call->call_class));
  }
  Site point;
  point.point = record.site.point;
  const std::string text = point.print();
  return text.substr(0, text.rfind(':'));
}

std::string describe_sites(const Catalog& catalog) {
  std::vector<std::string> owners;
  std::map<std::string, std::map<std::string, std::size_t>> counts;
  for (const SiteRecord& record : catalog.stable) {
    const std::string name = count_name(record);
    if (name.empty()) continue;
    const std::string owner = owner_of(record);
    if (!counts.contains(owner)) owners.push_back(owner);
    ++counts[owner][name];
  }
  std::string text;
  for (const std::string& owner : owners) {
    text += fmt::format("  {}:", owner);
    for (const auto& [name, count] : counts[owner]) text += fmt::format(" {} {}", name, count);
    text += '\n';
  }
  return text;
}

std::string describe_quiet(const Catalog& catalog) {
  std::string text;
  for (const SiteRecord& record : catalog.stable) {
    if (!std::holds_alternative<QuietPoint>(record.site.point)) continue;
    text += fmt::format("  {}  {}, alive:", record.site.print(), phase_name(record.phase));
    for (const ProcessPath& process : record.alive) text += ' ' + process.print();
    text += '\n';
  }
  return text;
}

std::string describe_leftovers(const Evidence& run, const Baseline& baseline) {
  std::string text;
  for (const FileChange& change : run.files) {
    const bool output =
        std::find(baseline.outputs.begin(), baseline.outputs.end(), change.path) != baseline.outputs.end();
    text += fmt::format("  {} {} {}{}\n", change_kind_name(change.kind), file_type_name(change.type),
                        plain_line(change.path), output ? " (output)" : "");
  }
  return text;
}

std::string section(const Paint& paint, std::string_view title, const std::string& lines) {
  return lines.empty() ? "" : paint.bold(title) + '\n' + lines;
}

}  // namespace

std::string describe_catalog(const CampaignResult& result, const ReportContext& context, const Paint& paint) {
  std::string text = describe_survey(result);
  if (!result.survey.runs.empty()) {
    const Evidence& run = result.survey.runs.front();
    text += section(paint, "processes", describe_processes(run));
    text += section(paint, "stable sites", describe_sites(result.catalog));
    text += section(paint, "quiet moments", describe_quiet(result.catalog));
    std::string unstable;
    for (const SiteRecord& record : result.catalog.unstable) {
      unstable += fmt::format("  {} {} {}\n", record.site.print(), record.call, plain_line(record.object));
    }
    text += section(paint, "unstable sites", unstable);
    text += section(paint, "what a fault-free run leaves", describe_leftovers(run, result.baseline));
    std::string varying;
    for (const std::string& pattern : result.baseline.varying_outputs) varying += "  " + pattern + '\n';
    text += section(paint, "outputs whose names vary", varying);
  }
  for (const Finding& finding : result.findings) text += describe_finding(finding, context, paint);
  return text;
}

}  // namespace exitproof
