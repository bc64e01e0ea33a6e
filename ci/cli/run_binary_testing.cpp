#include "ci/cli/run_binary_testing.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <utility>

#include "harness/model/test_paths_testing.hpp"

namespace exitproof::testing {
namespace {

namespace bp = boost::process;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{60};

/// Appends what can be read. False at the end of the file.
bool drain(int fd, std::string& text) {
  std::array<char, 65536> chunk{};
  const ssize_t count = ::read(fd, chunk.data(), chunk.size());
  if (count > 0) text.append(chunk.data(), static_cast<std::size_t>(count));
  return count > 0;
}

Ran run(const std::string& program, const std::vector<std::string>& arguments, const std::string& text,
        std::function<void(pid_t)> then) {
  Ran ran;
  bp::pipe out;
  bp::pipe err;
  bp::child child(bp::exe = program, bp::args = arguments, bp::std_in<bp::null, bp::std_out> out, bp::std_err > err);
  if (text.empty()) {
    ::close(out.native_source());
    out.assign_source(-1);
  }
  std::array<pollfd, 2> polled{pollfd{out.native_source(), POLLIN, 0}, pollfd{err.native_source(), POLLIN, 0}};
  const Clock::time_point until = Clock::now() + patience;
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0 || ::poll(polled.data(), polled.size(), static_cast<int>(left)) == 0) {
      ::kill(child.id(), SIGKILL);
      break;
    }
    if (polled[0].revents != 0 && !drain(polled[0].fd, ran.out)) polled[0].fd = -1;
    if (polled[1].revents != 0 && !drain(polled[1].fd, ran.err)) polled[1].fd = -1;
    const bool is_said = (ran.err + ran.out).find(text) != std::string::npos;
    if (then && is_said) std::exchange(then, nullptr)(child.id());
  }
  child.wait();
  ran.status = WaitStatus::from_raw(child.native_exit_code());
  return ran;
}
}  // namespace

Ran run_binary(const std::vector<std::string>& arguments) {
  return run(testing::exitproof_binary(), arguments, "never said", {});
}

Ran run_binary_and(const std::vector<std::string>& arguments, const std::string& text, int signal) {
  if (signal == 0) return run(testing::exitproof_binary(), arguments, text, {});
  return run(testing::exitproof_binary(), arguments, text, [signal](pid_t pid) { ::kill(pid, signal); });
}

Ran run_binary_while(const std::vector<std::string>& arguments, const std::string& text,
                     const std::function<void()>& then) {
  return run(testing::exitproof_binary(), arguments, text, [&](pid_t) { then(); });
}

Ran run_program(const std::string& program, const std::vector<std::string>& arguments) {
  return run(program, arguments, "never said", {});
}

}  // namespace exitproof::testing
