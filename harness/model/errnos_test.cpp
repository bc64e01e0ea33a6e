#include "exitproof/errnos.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace exitproof {
namespace {

constexpr const char* calls[] = {
    "open",      "openat",          "openat2",   "creat",           "write",     "writev",
    "pwrite64",  "pwritev",         "pwritev2",  "sendfile",        "splice",    "tee",
    "read",      "copy_file_range", "readv",     "pread64",         "preadv",    "preadv2",
    "close",     "rename",          "renameat",  "renameat2",       "unlink",    "unlinkat",
    "rmdir",     "mkdir",           "mkdirat",   "mknod",           "mknodat",   "link",
    "linkat",    "symlink",         "symlinkat", "truncate",        "ftruncate", "fsync",
    "fallocate", "fdatasync",       "syncfs",    "sync_file_range", "chmod",     "fchmod",
    "fchmodat",  "chown",           "fchown",    "lchown",          "fchownat",  "utime",
    "utimes",    "utimensat",       "setxattr",  "flock",           "lsetxattr", "fsetxattr",
    "fcntl",     "shmget",          "shmat",     "semget",          "msgget",    "mq_open",
    "fork",      "vfork",           "clone",     "clone3",          "execve",    "execveat",
    "bind",      "listen",          "connect",   "accept",          "accept4",   "sendto",
    "sendmsg",   "recvfrom",        "recvmsg"};

/// The pages whose ERRORS speak of the call: its own, and those that its own refers to.
std::vector<std::string> pages_of(const std::string& call) {
  static const std::map<std::string, std::vector<std::string>> others = {
      {"openat2", {"openat2.2", "open.2"}},
      {"writev", {"writev.2", "write.2"}},
      {"pwrite64", {"pwrite64.2", "pwrite.2", "write.2"}},
      {"pwritev", {"pwritev.2", "write.2"}},
      {"pwritev2", {"pwritev2.2", "write.2"}},
      {"readv", {"readv.2", "read.2"}},
      {"pread64", {"pread64.2", "pread.2", "read.2"}},
      {"preadv", {"preadv.2", "read.2"}},
      {"preadv2", {"preadv2.2", "read.2"}},
      {"mq_open", {"mq_open.3"}},
      {"vfork", {"vfork.2", "fork.2"}},
      {"execveat", {"execveat.2", "execve.2"}},
      {"lsetxattr", {"lsetxattr.2", "setxattr.2"}},
      {"fsetxattr", {"fsetxattr.2", "setxattr.2"}},
  };
  const auto found = others.find(call);
  return found == others.end() ? std::vector{call + ".2"} : found->second;
}

std::string unpacked(const std::filesystem::path& packed) {
  std::FILE* pipe = ::popen(("gzip -dc " + packed.string()).c_str(), "r");
  std::string text;
  char part[4096];
  for (std::size_t got = 0; pipe != nullptr && (got = std::fread(part, 1, sizeof part, pipe)) > 0;) {
    text.append(part, got);
  }
  if (pipe != nullptr) ::pclose(pipe);
  return text;
}

/// A manual page's source, with what it includes; empty when it is not on this machine.
std::string page(const std::string& name) {
  const std::filesystem::path folder = std::string("/usr/share/man/man") + name.back();
  const std::filesystem::path packed = folder / (name + ".gz");
  if (!std::filesystem::exists(packed)) return {};
  const std::string text = unpacked(packed);
  if (text.starts_with(".so ")) {
    const std::filesystem::path other = text.substr(4, text.find('\n') - 4);
    return page(other.filename().string());
  }
  return text;
}

// A page names an errno in a tagged paragraph, as ".B ENOSPC", or after another: ".BR EDQUOT ", ENOSPC".
bool names(const std::string& text, const std::string& error) {
  const std::size_t errors = text.find(".SH ERRORS");
  return errors != std::string::npos && text.find(error, errors) != std::string::npos;
}

TEST(Errnos, are_those_of_the_manual_pages) {
  if (page("open.2").empty()) GTEST_SKIP() << "the manual pages of section 2 are not installed (manpages-dev)";
  for (const std::string call : calls) {
    EXPECT_FALSE(legal_errnos(call).empty()) << call;
    for (const int error : legal_errnos(call)) {
      bool found = false;
      for (const std::string& name : pages_of(call)) found = found || names(page(name), ::strerrorname_np(error));
      EXPECT_TRUE(found) << call << " cannot return " << ::strerrorname_np(error);
    }
  }
}

TEST(Errnos, none_for_what_cannot_fail_so) {
  EXPECT_TRUE(legal_errnos("exit_group").empty());
  EXPECT_TRUE(legal_errnos("no such call").empty());
  EXPECT_FALSE(can_return("write", EMFILE));
  EXPECT_FALSE(can_return("unlink", ENOSPC));
  EXPECT_TRUE(can_return("write", ENOSPC));
}

}  // namespace
}  // namespace exitproof
