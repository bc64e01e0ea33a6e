#include "ci/cli/report_files.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "ci/cli/usage_error.hpp"
#include "ci/report/github_annotations.hpp"
#include "ci/report/html_report.hpp"
#include "ci/report/junit_report.hpp"
#include "ci/report/sarif_report.hpp"

namespace exitproof::cli {
namespace {

bool runs_on_github() {
  const char* value = std::getenv("GITHUB_ACTIONS");
  return value != nullptr && std::string_view(value) == "true";
}

}  // namespace

bool wants_annotations(const std::string& choice) {
  if (choice.empty()) return runs_on_github();
  if (choice == "github") return true;
  if (choice == "none") return false;
  throw UsageError(fmt::format("--annotations expects github or none, and found \"{}\"", choice));
}

void add_annotations_option(CLI::App& verb, std::string& choice) {
  verb.add_option("--annotations", choice, "print findings as annotations of a CI service")
      ->type_name("github|none")
      ->default_str("github where GITHUB_ACTIONS is true")
      ->group(ReportOptions::group);
}

void ReportOptions::add_to(CLI::App& verb) {
  verb.add_option("--html", html, "write a page for people there: verdict, matrix, findings with pictures")
      ->type_name("FILE")
      ->group(group);
  verb.add_option("--junit", junit, "write JUnit XML there: a case for each kind of fault")
      ->type_name("FILE")
      ->group(group);
  verb.add_option("--sarif", sarif, "write SARIF 2.1.0 there, for code scanning")->type_name("FILE")->group(group);
  add_annotations_option(verb, annotations);
}

ReportFiles::ReportFiles(const ReportOptions& options, Output& output)
    : html_("--html", options.html, output),
      junit_("--junit", options.junit, output),
      sarif_("--sarif", options.sarif, output),
      annotates_(wants_annotations(options.annotations)) {}

void ReportFiles::write(const Certification& certification, Output& output) const {
  if (html_.wanted()) html_.write(certification_to_html(certification), output);
  if (junit_.wanted()) junit_.write(certification_to_junit(certification), output);
  if (sarif_.wanted()) sarif_.write(certification_to_sarif(certification), output);
  if (annotates_) output.print(certification_to_github_annotations(certification));
}

}  // namespace exitproof::cli
