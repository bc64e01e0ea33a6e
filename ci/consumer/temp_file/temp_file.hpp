#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

/// A file that is there as long as the object is.
class TempFile {
 public:
  TempFile(std::string path, std::string_view text) : path_(std::move(path)) {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int why = errno;
    if (file >= 0) ::close(file);
#ifdef MENDED
    if (file >= 0 && !written) ::unlink(path_.c_str());
#endif
    // The planted defect: an object whose constructor throws has no destructor, and the file stays.
    if (!written) throw std::system_error(why, std::generic_category(), path_);
  }
  ~TempFile() { ::unlink(path_.c_str()); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

 private:
  std::string path_;
};
