#pragma once

#include <string>
#include <vector>

#include "ci/certify/sha256.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// A program that a subject ran.
struct RunProgram {
  std::string path;     ///< with symbolic links followed; of one below the manifest's folder from there
  std::string digest;   ///< SHA-256; empty when it cannot be read
  std::string version;  ///< what an interpreter answers to --version, its first line; else empty
  bool operator==(const RunProgram&) const = default;
};

/// "Linux 6.18.1", "x86_64", "glibc 2.36".
std::string kernel_version();
std::string machine_architecture();
std::string libc_version();

/// The programs that the processes of these runs were, sorted by path, with their digests. Starts the interpreters among them, those of
/// well-known names, with --version.
std::vector<RunProgram> programs_of(const std::vector<Evidence>& runs, FileDigests& digests);

}  // namespace exitproof
