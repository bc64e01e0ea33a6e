#include "ci/cli/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace exitproof::cli {
namespace {

bool environment_says(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_dumb_terminal() {
  const char* terminal = std::getenv("TERM");
  return terminal == nullptr || std::string_view(terminal) == "dumb";
}

}  // namespace

Output::Output(Interrupts& interrupts) : interrupts_(interrupts) {
  paint_.on = ::isatty(1) == 1 && !environment_says("NO_COLOR") && !is_dumb_terminal();
  shows_progress_ = ::isatty(2) == 1 && !is_dumb_terminal();
}

void Output::write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return interrupts_.request(SIGPIPE);
    } else if (errno == EAGAIN) {
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (fd == 2 && errno != EINTR) {
      return;  // what is said there changes nothing of the result
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "writing the results");
    }
  }
}

void Output::print(std::string_view text) {
  clear_progress();
  write_all(results_fd_, text);
}

void Output::print_document(std::string_view text) {
  clear_progress();
  write_all(1, text);
}

void Output::show_progress(std::string_view text) {
  const auto now = std::chrono::steady_clock::now();
  if (!shows_progress_ || (line_is_there_ && now - last_shown_ < std::chrono::milliseconds(100))) return;
  write_all(2, "\r\x1b[K" + std::string(text));
  line_is_there_ = true;
  last_shown_ = now;
}

void Output::clear_progress() {
  if (!line_is_there_) return;
  write_all(2, "\r\x1b[K");
  line_is_there_ = false;
}

}  // namespace exitproof::cli
