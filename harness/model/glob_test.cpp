#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exitproof/pattern.hpp"

namespace exitproof {
namespace {

struct Case {
  std::string_view glob;
  std::string_view path;
  bool matches;
};

TEST(Glob, table) {
  const Case cases[] = {
      {"", "", true},
      {"", "/a", false},
      {"*.txt", "/a/b.txt", true},  // without a slash: the base name
      {"*.txt", "/a/b.txt.gz", false},
      {"b", "/a/b", true},
      {"a", "/a/b", false},
      {"*", "/a/.hidden", true},
      {"/a/*.txt", "/a/b.txt", true},
      {"/a/*.txt", "/a/c/b.txt", false},
      {"/a/*", "/a/", true},
      {"/a/**", "/a/b", true},
      {"/a/**", "/a/b/c/d", true},
      {"/a/**", "/a", false},
      {"/a/**", "/ab", false},
      {"/a/**/d", "/a/d", true},
      {"/a/**/d", "/a/b/c/d", true},
      {"/a/**/d", "/a/bd", false},
      {"**/d", "/a/d", true},
      {"/a/b**", "/a/bc/d", true},
      {"/a/?", "/a/b", true},
      {"/a?b", "/a/b", false},
      {"/a/?", "/a/bc", false},
      {"/a/[bc]", "/a/c", true},
      {"/a/[!bc]", "/a/c", false},
      {"/a/[^bc]", "/a/d", true},
      {"/a/[0-9]x", "/a/7x", true},
      {"/a/[0-9]x", "/a/ax", false},
      {"/a/[]]", "/a/]", true},
      {"/a/[a-]", "/a/-", true},
      {"/a[!x]b", "/a/b", false},
      {"/a/[bc", "/a/[bc", true},  // never closed: itself
      {"/a/\\*", "/a/*", true},
      {"/a/\\*", "/a/b", false},
      {"/a/x\\", "/a/x\\", true},
      {"/tmp/*-*/run[0-9]", "/tmp/ep-sort/run3", true},
  };
  for (const auto& [glob, path, matches] : cases) EXPECT_EQ(glob_matches(glob, path), matches) << glob << " " << path;
}

TEST(Glob, a_hostile_glob_ends) {
  std::string glob = "/";
  for (int i = 0; i < 200; ++i) glob += "*a";
  EXPECT_FALSE(glob_matches(glob + "b", "/" + std::string(2'000, 'a')));
}

RC_GTEST_PROP(Glob, an_escaped_path_matches_itself, (const std::string& name)) {
  const std::string path = "/" + name;
  std::string glob;
  for (const char c : path) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) glob += '\\';
    glob += c;
  }
  RC_ASSERT(glob_matches(glob, path));
  RC_ASSERT(glob_matches("/**", path));
  RC_ASSERT(!glob_matches(glob + "x", path));
}

}  // namespace
}  // namespace exitproof
