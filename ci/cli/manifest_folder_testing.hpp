#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace exitproof::testing {

/// A folder with a manifest, away from the temporary places: what lies there is an output.
class ManifestFolder : public ::testing::Test {
 protected:
  ManifestFolder() { std::filesystem::create_directories(folder_); }
  ~ManifestFolder() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }

  /// One scenario, "work", of this script; `more` are further lines of it.
  void write_manifest(const std::string& script, const std::string& level, const std::string& more) const {
    write("work.sh", script);
    write("exitproof.toml",
          "[library]\nname = \"work\"\nversion = \"1\"\nartefacts = [\"work.sh\"]\n"
          "[[scenario]]\nname = \"work\"\ncommand = [\"/bin/sh\", \"work.sh\"]\nlevel = \"" +
              level + "\"\n" + more);
  }

  std::filesystem::path folder_ = std::filesystem::current_path() / ("certify-" + std::to_string(::getpid()));
};

}  // namespace exitproof::testing
