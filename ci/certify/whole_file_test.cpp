#include "ci/certify/whole_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace exitproof {
namespace {

namespace fs = std::filesystem;

TEST(WholeFile, IsReadAsItWasWritten) {
  const fs::path path = fs::temp_directory_path() / ("exitproof-whole-" + std::to_string(::getpid()));
  const std::string text = std::string(100'000, 'a') + "\xff\n";
  write_whole_file(path, text);
  EXPECT_EQ(read_whole_file(path), text);
  fs::remove(path);
  EXPECT_EQ(read_whole_file(path), std::nullopt);
  EXPECT_EQ(read_whole_file("/"), std::nullopt);
  EXPECT_EQ(read_whole_file("/dev/null"), "");
}

TEST(WholeFile, ThatNeverEndsIsNone) {
  for (const char* device : {"/dev/zero", "/dev/full"}) {
    try {
      read_whole_file(device);
      FAIL() << device;
    } catch (const FileTooLong& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(device) + " has more than 256 MiB"));
    }
  }
}

}  // namespace
}  // namespace exitproof
