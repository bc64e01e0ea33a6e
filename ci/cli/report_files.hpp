#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "ci/cli/document_file.hpp"
#include "ci/cli/output.hpp"
#include "ci/report/certification.hpp"

namespace exitproof::cli {

/// The options that ask for reports, as texts: the verbs that try something have them in common.
struct ReportOptions {
  static constexpr const char* group = "Report";

  std::string html;
  std::string junit;
  std::string sarif;
  std::string annotations;  ///< "github" or "none"; empty: github where GITHUB_ACTIONS is true

  /// The object must outlive the parse.
  void add_to(CLI::App& verb);
};

/// --annotations alone, for verbs that write the other reports in any case. The text must outlive the parse.
void add_annotations_option(CLI::App& verb, std::string& choice);

/// What that option says. Throws UsageError.
bool wants_annotations(const std::string& choice);

/// The reports that were asked for.
class ReportFiles {
 public:
  /// Throws UsageError for a file that cannot be written, before anything is tried.
  ReportFiles(const ReportOptions& options, Output& output);

  /// Whether a report has a use for the evidence of findings, which can be large.
  bool shows_evidence() const { return html_.wanted(); }

  /// Writes each, also of a campaign that was interrupted. Throws std::system_error.
  void write(const Certification& certification, Output& output) const;

 private:
  DocumentFile html_;
  DocumentFile junit_;
  DocumentFile sarif_;
  bool annotates_ = false;
};

}  // namespace exitproof::cli
