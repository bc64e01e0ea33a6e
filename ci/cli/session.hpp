#pragma once

#include <optional>
#include <string>

#include "ci/cli/document_file.hpp"
#include "ci/cli/interrupts.hpp"
#include "ci/cli/output.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/worker_pool.hpp"

namespace exitproof::cli {

/// Chooses the world where it is open: overlay where this machine can make one, else private. Answers the line that
/// says so to the user; empty when there is nothing to say. Throws CannotTry when the world that was asked for cannot
/// be made.
std::string settle_world(bool is_open, Scenario& scenario);

/// How many workers were asked for; without a wish, as many as the machine's CPUs give room for.
/// Subjects that share the machine's network or its files are tried one at a time. Throws UsageError.
unsigned worker_count(const std::string& wish, const Scenario& scenario);

/// The pool that runs trials by this program's hidden verb.
WorkerPoolOptions pool_options(unsigned workers, const Interrupts& interrupts);

/// The document of `--json FILE`.
class JsonFile : public DocumentFile {
 public:
  JsonFile(const std::string& path, Output& output) : DocumentFile("--json", path, output) {}
};

/// What a verb ends with after its results are printed: dies by the signal that interrupted it.
int finish(const Interrupts& interrupts, int status);

}  // namespace exitproof::cli
