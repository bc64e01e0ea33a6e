#include "exitproof/pattern.hpp"

#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace exitproof {
namespace {

struct Case {
  std::string_view name;
  std::string_view pattern;
};

TEST(NamePattern, what_varies_becomes_a_star) {
  const Case cases[] = {
      {"/tmp/tmp.kX81hQ2zDq", "/tmp/tmp.*"},
      {"/tmp/ep-sort-4711/run3", "/tmp/ep-sort-*/run3"},
      {"/tmp/tmpab12cd_x", "/tmp/tmp*"},
      {"/tmp/tmpqzwxkvbn", "/tmp/tmp*"},
      {"/tmp/tmpab12cd_x.json", "/tmp/tmp*.json"},
      {"/tmp/tmpAb3dEf", "/tmp/tmp*"},
      {"/tmp/sortAbC123", "/tmp/sort*"},
      {"/tmp/sortqwxzvk", "/tmp/sort*"},
      {"/w/sedUzDFrM", "/w/sed*"},
      {"/tmp/ccAbCdEf.s", "/tmp/cc*.s"},
      {"/r/.git/objects/4b/tmp_obj_kYzWq1", "/r/.git/objects/4b/tmp_obj_*"},
      {"/dev/shm/psm_ab12cd34", "/dev/shm/psm_*"},
      {"/dev/shm/sem.mp-8k_d2fqa", "/dev/shm/sem.mp-*"},
      {"/tmp/pymp-abc_d8k2", "/tmp/pymp-*"},
      {"/tmp/pymp-abc_d8k2/listener-x1k_4zzq", "/tmp/pymp-*/listener-*"},
      {"/var/run/app.pid.20240131", "/var/run/app.pid.*"},
      {"/w/data.kX81hQ.tmp", "/w/data.*.tmp"},
      {"/w/data-a7Gh2K", "/w/data-*"},
      {"/w/data_Qz7RtP", "/w/data_*"},
      {"/w/data-ab_12cdx.csv", "/w/data-*.csv"},
      {"/w/backupQz7RtP", "/w/backup*"},
      {"/w/550e8400-e29b-41d4-a716-446655440000.lock", "/w/*.lock"},
      {"/r/.git/objects/ab/cdef0123456789abcdef0123456789abcdef01", "/r/.git/objects/ab/*"},
      {"core.1234", "core.*"},
      {"error404page", "error*page"},
      {"/w/20240101T120000Z.log", "/w/*.log"},
  };
  for (const auto& [name, pattern] : cases) EXPECT_EQ(name_pattern(name), pattern);
}

TEST(NamePattern, what_a_person_chose_stays) {
  for (const std::string_view name : {"/var/lib/database",
                                      "settings",
                                      "README2",
                                      "file10.txt",
                                      "libfoo.so.12",
                                      "/tmp/tmpdatabase",
                                      "/tmp/tmpsettings",
                                      "filesystem",
                                      "filebackup",
                                      "ccdefine.h",
                                      "sorttables",
                                      "tmp.result.txt",
                                      "python3.11",
                                      "x86_64-linux-gnu-gcc-12",
                                      "cc1plus",
                                      "libxml2",
                                      "libpng16.so.16",
                                      "OAuth2Token",
                                      "MyClassName",
                                      "HTTPServer2",
                                      "xmlHttpRequest",
                                      "camelCaseName",
                                      "CMakeLists.txt",
                                      "XXXXXX",
                                      "tmp.XXXXXX",
                                      "k8scluster",
                                      "utf8",
                                      "config.yaml",
                                      "/run/nginx.pid",
                                      "dump.rdb",
                                      "a/b/c",
                                      "",
                                      "/",
                                      "MAKEFILE",
                                      "__pycache__",
                                      "/dev/shm/sem.lock",
                                      "my-app_v2.conf",
                                      "redis6",
                                      "sha1sum",
                                      "win32api"})
    EXPECT_EQ(name_pattern(name), name);
}

RC_GTEST_PROP(NamePattern, is_idempotent, ()) {
  const auto piece =
      rc::gen::oneOf(rc::gen::element<std::string>("tmp", "sort", "cc", "/", ".", "_", "-", "*", "mp-", "file", "4711",
                                                   "12", "aB3xYz"),
                     rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcxyzABCXYZ0189_-./*"))));
  std::string name;
  for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece)) name += part;
  const std::string pattern = name_pattern(name);
  RC_ASSERT(name_pattern(pattern) == pattern);
  RC_ASSERT(pattern.size() <= name.size());
}

RC_GTEST_PROP(NamePattern, takes_any_bytes, (const std::string& name)) {
  RC_ASSERT(name_pattern(name).size() <= name.size());
}

TEST(PatternGlob, takes_the_names_own_bytes_as_they_are) {
  EXPECT_EQ(pattern_glob("/tmp/tmp.kX81hQ2zDq"), "/tmp/tmp.*");
  EXPECT_EQ(pattern_glob("/tmp/a*b"), "/tmp/a\\*b");
  EXPECT_EQ(pattern_glob("/tmp/[?] 4711"), "/tmp/\\[\\?\\] *");
  EXPECT_FALSE(glob_matches(pattern_glob("/tmp/a*b"), "/tmp/a-b"));
  EXPECT_TRUE(glob_matches(pattern_glob("/tmp/a*b-4711"), "/tmp/a*b-4712"));
}

RC_GTEST_PROP(PatternGlob, matches_its_name, ()) {
  const auto piece = rc::gen::oneOf(rc::gen::element<std::string>("tmp", "tmp.", "/", "[", "]", "?", "\\", "*", "**",
                                                                  "4711", "'", "file", "aB3xYz9Q"),
                                    rc::gen::container<std::string>(rc::gen::map(
                                        rc::gen::inRange(1, 256), [](int c) { return static_cast<char>(c); })));
  std::string name = "/";
  for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece)) name += part;
  RC_ASSERT(glob_matches(pattern_glob(name), name));
}

/// How many names of `count`, each of `prefix`, a random tail and `suffix`, keep something of their tail.
int missed(std::string_view prefix, std::string_view alphabet, std::size_t length, std::string_view suffix, int count) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::size_t> pick(0, alphabet.size() - 1);
  int misses = 0;
  for (int i = 0; i < count; ++i) {
    std::string name(prefix);
    for (std::size_t k = 0; k < length; ++k) name += alphabet[pick(random)];
    name += suffix;
    if (name_pattern(name) != std::string(prefix) + "*" + std::string(suffix)) ++misses;
  }
  return misses;
}

TEST(NamePattern, random_names_are_seen_nearly_always) {
  constexpr std::string_view alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::string_view python = "abcdefghijklmnopqrstuvwxyz0123456789_";
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr int count = 10'000;
  // Where the maker is known.
  EXPECT_LE(missed("/tmp/tmp.", alnum, 10, "", count), count / 1'000);
  EXPECT_LE(missed("/tmp/sort", alnum, 6, "", count), count / 200);
  EXPECT_LE(missed("/tmp/cc", alnum, 6, ".s", count), count / 200);
  EXPECT_LE(missed("/tmp/tmp", python, 8, "", count), count / 200);
  EXPECT_LE(missed("/tmp/pymp-", python, 8, "", count), count / 200);
  EXPECT_LE(missed("/dev/shm/psm_", hex, 8, "", count), count / 200);
  // Where only the tail itself tells.
  EXPECT_LE(missed("/w/data.", alnum, 6, "", count), count / 20);
  EXPECT_LE(missed("/w/data-", alnum, 10, ".tmp", count), count / 50);
}

}  // namespace
}  // namespace exitproof
