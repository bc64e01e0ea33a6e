#include "ci/cli/certification_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "ci/certify/whole_file.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/report/html_report.hpp"
#include "ci/report/json_report.hpp"
#include "ci/report/junit_report.hpp"
#include "ci/report/sarif_report.hpp"

namespace exitproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* certificate_name = "certificate.json";

fs::path nearest_folder(fs::path path) {
  while (!path.empty() && !fs::exists(path) && path != path.parent_path()) path = path.parent_path();
  return path;
}

}  // namespace

CertificationFiles::CertificationFiles(fs::path folder) : folder_(fs::absolute(folder)) {
  const fs::path there = nearest_folder(folder_);
  if (!fs::is_directory(there) || ::access(there.c_str(), W_OK | X_OK) != 0) {
    throw UsageError(fmt::format("--out expects a directory that can be written, and \"{}\" cannot", folder.string()));
  }
}

void CertificationFiles::remove_certificate() const {
  fs::remove(folder_ / certificate_name);
}

void CertificationFiles::write(const fs::path& name, const std::string& text) const {
  const fs::path path = folder_ / name;
  fs::create_directories(path.parent_path());
  write_whole_file(path, text);
}

void CertificationFiles::write_results(const Certification& certification, const std::string& trials) const {
  write(trials_file_name, trials);
  write("report.html", certification_to_html(certification));
  write("junit.xml", certification_to_junit(certification));
  write("results.sarif", certification_to_sarif(certification));
  for (const ScenarioReport& scenario : certification.scenarios) {
    CampaignResult result = scenario.result;
    // Not a finding, and nothing that a reader of the result alone may miss.
    for (const std::string& lack : scenario.lacks) result.skipped.push_back({.check = "certificate", .why = lack});
    write(fs::path("results") / (scenario.name + ".json"), result_to_json(result, scenario.context));
  }
}

void CertificationFiles::write_certificate(const std::string& certificate) const {
  write(certificate_name, certificate);
}

Certification certification_of(const ReleaseManifest& manifest, const std::vector<ScenarioOutcome>& outcomes,
                               const ReportContext& context) {
  Certification certification{.library = manifest.library, .version = manifest.version, .scenarios = {}};
  for (const ScenarioOutcome& outcome : outcomes) {
    ReportContext own = context;
    own.scenario_options = outcome.asked.options();
    own.command = outcome.asked.scenario.command;
    own.seeded = outcome.asked.seeded;
    certification.scenarios.push_back({.name = outcome.asked.name,
                                       .level = outcome.asked.level.print(),
                                       .context = std::move(own),
                                       .result = outcome.result,
                                       .evidence = outcome.evidence,
                                       .faults = outcome.asked.faults,
                                       .lacks = outcome.lacks});
  }
  return certification;
}

}  // namespace exitproof::cli
