#pragma once

#include <string>
#include <vector>

#include "ci/report/report_context.hpp"

namespace exitproof::cli {

struct CertificationMerge {
  std::vector<std::string> folders;  ///< of certify --shard I/N --out DIR
  std::string out;                   ///< the folder for certificate and reports
  bool annotates = false;
};

/// Joins the shards of a certification: writes what one run would have written, or says why there is no certificate.
/// Neither runs a program nor reads a file of the release. Answers the exit status. Throws ShardsError, JournalError and
/// UsageError.
int merge_certification(const CertificationMerge& merge, const ReportContext& context);

}  // namespace exitproof::cli
