#include "ci/cli/shard_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ci/certify/whole_file.hpp"
#include "exitproof/parse_error.hpp"
#include "harness/linux/digest.hpp"

namespace exitproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* journals_name = "journals";
constexpr const char* record_name = "shard.json";

}  // namespace

std::string ShardFolder::journal(const std::string& scenario) const {
  std::string name = scenario;
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '.'; }, '_');
  sys::Digest digest;  // names that look alike now are still two
  digest.add(scenario);
  return (fs::path(folder_) / journals_name / (name + '-' + digest.print())).string();
}

void ShardFolder::make() const {
  fs::create_directories(fs::path(folder_) / journals_name);
}

void ShardFolder::clear() const {
  fs::remove_all(fs::path(folder_) / journals_name);
  fs::remove(fs::path(folder_) / record_name);
}

void ShardFolder::write(const ReleaseShard& shard) const {
  write_whole_file(fs::path(folder_) / record_name, print_release_shard(shard) + '\n');
}

PlacedShard ShardFolder::read() const {
  const std::optional<std::string> text = read_whole_file(fs::path(folder_) / record_name);
  if (!text) {
    throw ShardsError(
        fmt::format("{}: expected the folder of certify --shard, and found no {} in it", folder_, record_name));
  }
  try {
    return {.folder = folder_, .release = parse_release_shard(*text)};
  } catch (const ParseError& error) {
    throw ShardsError(
        fmt::format("{}/{}: expected {}, and found {}", folder_, record_name, error.expected(), error.found()));
  }
}

}  // namespace exitproof::cli
