#include "properties/search/worker_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/group.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "exitproof/wait_status.hpp"

namespace exitproof {
namespace {

namespace bp = boost::process;

/// A line of evidence is about as long as its output's head and its events; more than this is rubbish.
constexpr std::size_t longest_line = std::size_t{512} << 20U;

void make_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    throw std::system_error(errno, std::generic_category(), "making a worker's pipe non-blocking");
  }
}

/// The worker shall die with us, however we die, and get no descriptor but the first three. Runs
/// between fork and exec. (Boost's own limit_handles closes the standard output that was just set.)
struct OwnLife : bp::extend::handler {
  template <typename Executor>
  void on_exec_setup(Executor& executor) const {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) executor.set_error(bp::detail::get_last_error(), "prctl");
    if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
      executor.set_error(bp::detail::get_last_error(), "close_range");
    }
  }
};

}  // namespace

class WorkerProcess::Impl {
 public:
  explicit Impl(const std::vector<std::string>& command)
      : child_(bp::exe = command.front(), bp::args = std::vector<std::string>(command.begin() + 1, command.end()),
               bp::std_in<input_, bp::std_out> output_, bp::std_err > stderr, OwnLife{}, group_) {
    make_nonblocking(input_.native_sink());
    make_nonblocking(output_.native_source());
  }

  ~Impl() {
    close_input();
    wait_for_end(end_patience);
    kill();
    // Where no namespace ends its trial, a process of its own does that, and has its output until it is done.
    wait_for_end(cleaning_patience);
    std::error_code gone_already;
    child_.wait(gone_already);
  }

  void close_input() {
    if (input_.native_sink() < 0) return;
    ::close(input_.native_sink());
    input_.assign_sink(-1);
    unsent_.clear();
  }

  void kill() {
    std::error_code gone_already;
    group_.terminate(gone_already);
  }

  bool flush() {
    while (!unsent_.empty()) {
      const ssize_t written = ::write(input_.native_sink(), unsent_.data(), unsent_.size());
      if (written >= 0) {
        unsent_.erase(0, static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {
        return true;
      } else if (errno != EINTR) {
        return false;
      }
    }
    return true;
  }

  bool fill() {
    std::array<char, 65536> chunk;
    while (received_.size() < longest_line) {
      const ssize_t count = ::read(output_.native_source(), chunk.data(), chunk.size());
      if (count > 0) {
        received_.append(chunk.data(), static_cast<std::size_t>(count));
      } else if (count < 0 && errno == EINTR) {
        continue;
      } else {
        return count < 0 && errno == EAGAIN;
      }
    }
    return false;
  }

  std::optional<std::string> take_line() {
    const std::size_t end = received_.find('\n', scanned_);
    if (end == std::string::npos) {
      scanned_ = received_.size();
      return std::nullopt;
    }
    std::string line = received_.substr(0, end);
    received_.erase(0, end + 1);
    scanned_ = 0;
    return line;
  }

  std::string describe_end() {
    std::error_code unknown;
    if (child_.running(unknown)) return "is still running";
    return "ended with " + WaitStatus::from_raw(child_.native_exit_code()).print();
  }

  bp::pipe input_;
  bp::pipe output_;
  bp::group group_;
  bp::child child_;
  std::string unsent_;
  std::string received_;
  std::size_t scanned_ = 0;

 private:
  void wait_for_end(Millis patience) {
    pollfd output{output_.native_source(), POLLIN, 0};
    const auto until = std::chrono::steady_clock::now() + patience;
    while (fill()) {
      received_.clear();
      const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0 || ::poll(&output, 1, static_cast<int>(left.count())) == 0) return;
    }
  }
};

WorkerProcess::WorkerProcess(const std::vector<std::string>& command) : impl_(std::make_unique<Impl>(command)) {}
WorkerProcess::~WorkerProcess() = default;

void WorkerProcess::send(const std::string& line) {
  (impl_->unsent_ += line) += '\n';
}
bool WorkerProcess::has_unsent() const {
  return !impl_->unsent_.empty();
}
bool WorkerProcess::flush() {
  return impl_->flush();
}
bool WorkerProcess::fill() {
  return impl_->fill();
}
std::optional<std::string> WorkerProcess::take_line() {
  return impl_->take_line();
}
int WorkerProcess::output_fd() const {
  return impl_->output_.native_source();
}
int WorkerProcess::input_fd() const {
  return impl_->input_.native_sink();
}
void WorkerProcess::close_input() {
  impl_->close_input();
}
void WorkerProcess::kill() {
  impl_->kill();
}
std::string WorkerProcess::describe_end() {
  return impl_->describe_end();
}

}  // namespace exitproof
