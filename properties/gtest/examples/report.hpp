#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// A file that is there with all its content or not at all: written under another name, and renamed when whole. This is
/// the class that the tests of this folder try; `careless` is how it is written before one thinks of failures.
class Report {
 public:
  enum class Care : unsigned char { careful, careless };

  Report(std::string path, Care care) : path_(std::move(path)), care_(care) {
    // A name of its own each time: what an earlier run left is nobody's any more.
    temporary_ = care_ == Care::careful ? path_ + ".part" : path_ + ".XXXXXX";
    fd_ = care_ == Care::careful ? ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)
                                 : ::mkstemp(temporary_.data());
  }

  ~Report() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (care_ == Care::careful) ::unlink(temporary_.c_str());
  }

  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  bool write(std::string_view text) {
    while (fd_ >= 0 && !text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return fd_ >= 0;
  }

  /// Gives it its name. False: the file is as it was before.
  bool save() {
    if (fd_ < 0) return false;
    const bool closed = ::close(fd_) == 0;
    fd_ = -1;
    if (closed && std::rename(temporary_.c_str(), path_.c_str()) == 0) return true;
    if (care_ == Care::careful) ::unlink(temporary_.c_str());
    return false;
  }

 private:
  std::string path_;
  Care care_;
  std::string temporary_;
  int fd_ = -1;
};
