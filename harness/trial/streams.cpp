#include "harness/trial/streams.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace exitproof {

namespace {

constexpr std::size_t kept = std::size_t{1} << 20U;
constexpr std::size_t at_once = std::size_t{16} << 20U;
constexpr std::size_t chunk = std::size_t{64} << 10U;

void make_pipe(sys::UniqueFd& read_end, sys::UniqueFd& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2 for the subject's output");
  }
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
}

sys::FileIdentity identify(int fd) {
  struct stat status {};
  ::fstat(fd, &status);
  return {status.st_dev, status.st_ino, status.st_mode, status.st_rdev};
}

}  // namespace

Streams::Streams(const std::vector<std::string>& once) : once_(once), out_received_(once), err_received_(once) {}

Streams::Streams(bool wait_for_eof, const std::vector<std::string>& once) : Streams(once) {
  make_pipe(out_, given_out_);
  make_pipe(err_, given_err_);
  ::fcntl(out_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(err_.get(), F_SETFL, O_NONBLOCK);
  if (wait_for_eof) {
    make_pipe(given_in_, input_);
  }
}

std::unique_ptr<Streams> Streams::anew() const {
  std::unique_ptr<Streams> fresh(new Streams(once_));
  fresh->out_.reset(::fcntl(out_.get(), F_DUPFD_CLOEXEC, 3));
  fresh->err_.reset(::fcntl(err_.get(), F_DUPFD_CLOEXEC, 3));
  if (!fresh->out_.is_open() || !fresh->err_.is_open()) {
    throw std::system_error(errno, std::generic_category(), "duplicating the ends of the subject's output");
  }
  Received forgotten({});
  bool ended = false;
  drain_one(fresh->out_.get(), forgotten, ended);
  drain_one(fresh->err_.get(), forgotten, ended);
  return fresh;
}

int Streams::room() const {
  return ::fcntl(out_.get(), F_GETPIPE_SZ) + ::fcntl(err_.get(), F_GETPIPE_SZ);
}

void Streams::close_out(const sys::Terminal& terminal) {
  drain(terminal, false);
  out_.reset();
}

void Streams::close_given() {
  given_in_.reset();
  given_out_.reset();
  given_err_.reset();
}

GivenOutputs Streams::identities(const sys::Terminal& terminal, bool on_terminal) const {
  GivenOutputs outputs{identify(out_.get()), identify(err_.get()), 0};
  unsigned number = 0;
  if (on_terminal && ::ioctl(terminal.master(), TIOCGPTN, &number) == 0) {
    outputs.terminal = ::makedev(136, number);  // UNIX98_PTY_SLAVE_MAJOR
  }
  return outputs;
}

bool Streams::drain_one(int fd, Received& received, bool& ended) {
  std::array<char, chunk> buffer;
  std::size_t total = 0;
  while (fd >= 0 && total < at_once) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got <= 0) {
      ended = got == 0;
      break;
    }
    const auto size = static_cast<std::size_t>(got);
    total += size;
    received.bytes += size;
    received.digest.add(std::string_view(buffer.data(), size));
    received.lines.add(std::string_view(buffer.data(), size));
    received.head.append(buffer.data(), std::min(size, kept - std::min(kept, received.head.size())));
  }
  return total > 0;
}

bool Streams::drain(const sys::Terminal& terminal, bool on_terminal) {
  bool out_ended = false;
  bool err_ended = false;
  bool terminal_ended = false;
  bool any = drain_one(out_.get(), out_received_, out_ended);
  any = drain_one(err_.get(), err_received_, err_ended) || any;
  if (out_ended) {
    out_.reset();
  }
  if (err_ended) {
    err_.reset();
  }
  Received ignored({});  // echoes, which must not fill the terminal's buffer
  return drain_one(terminal.master(), on_terminal ? out_received_ : ignored, terminal_ended) || any;
}

void Streams::finish(Evidence& evidence) const {
  evidence.out = out_received_.stream();
  evidence.err = err_received_.stream();
  if (once_.empty()) {
    return;
  }
  auto& counts = evidence.once_lines.emplace();
  for (std::size_t i = 0; i < once_.size(); ++i) {
    counts.emplace_back(once_[i], out_received_.lines.count(i) + err_received_.lines.count(i));
  }
}

}  // namespace exitproof
