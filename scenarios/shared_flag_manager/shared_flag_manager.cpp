// shared_flag_manager [DEFECT]: a manager process serves a dictionary over a Unix socket; two workers ask it every
// 40 ms whether `shutdown` is set, and end when it is. The root sets it after 100 ms, reaps them, asks the manager to
// end, prints "all shut down" and exits 0. The manager logs to manager.log what is set. Whoever cannot reach the
// manager takes that for a shutdown; the manager ends when the root does. The socket's name is an abstract one of the
// root's pid, which the kernel takes back, so that no start is in the way of another.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <string>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/shared_flag_manager/line_log.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

const char* const socket_file = "manager.sock";

/// Of this run: it is first asked for by the root. Where the name is that of a file, of the working directory.
struct Address {
  sockaddr_un name{};
  socklen_t size = 0;

  Address() {
    name.sun_family = AF_UNIX;
    static const int root = getpid();
    const bool file = defect::is("socket_stays");
    char* text = name.sun_path + (file ? 0 : 1);
    const std::size_t room = sizeof name.sun_path - 1;
    const int length =
        file ? std::snprintf(text, room, "%s", socket_file) : std::snprintf(text, room, "exitproof-flags-%d", root);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<std::size_t>(length) + 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

/// The manager's answer; nothing reaches it, or it is gone: an empty one.
std::string ask(std::string_view question) {
  const Address address;
  const int line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  std::array<char, 64> answer;
  ssize_t size = -1;
  if (line >= 0 && connect(line, address.get(), address.size) == 0 &&
      send(line, question.data(), question.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(question.size()))
    size = careful::read_some(line, answer.data(), answer.size());
  if (line >= 0) close(line);
  return size > 0 ? std::string(answer.data(), static_cast<std::size_t>(size)) : std::string();
}

bool is_to_go_on(const std::string& answer) {
  if (answer.empty()) return defect::is("refused_means_go_on");
  return answer == "no";
}

int work() {
  std::string answer = ask("get shutdown");
  for (; is_to_go_on(answer); answer = ask("get shutdown")) sleep_ms(40);
  return answer == "yes" ? 0 : 1;
}

class Manager {
 public:
  Manager(int listener, LineLog& log) : listener_(listener), log_(log) {}

  /// Until a client asks for the end, or the pipe from the root is at its own. Whether all went well.
  bool serve(int root_is_there) {
    bool good = log_.write("start");
    while (good && !quit_) {
      std::array<pollfd, 2> ready{pollfd{listener_, POLLIN, 0}, pollfd{root_is_there, 0, 0}};
      if (defect::is("manager_outlives")) ready[1].fd = -1;
      if (poll(ready.data(), ready.size(), -1) < 0) continue;
      if (ready[1].revents != 0) {
        if (defect::is("log_left_open")) _exit(1);
        return log_.write("the root is gone") && false;
      }
      good = answer_one();
    }
    return good && log_.write("end");
  }

 private:
  bool answer_one() {
    const int line = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (line < 0) return errno == ECONNABORTED || errno == EINTR;
    std::array<char, 64> question;
    const ssize_t size = careful::read_some(line, question.data(), question.size());
    bool logged = true;
    const std::string answer =
        answer_to({question.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))}, logged);
    if (logged) send(line, answer.data(), answer.size(), MSG_NOSIGNAL);  // A client that is gone needs none.
    close(line);
    return logged;
  }

  std::string answer_to(const std::string& question, bool& logged) {
    const std::string key = question.substr(question.find(' ') + 1);
    quit_ = question == "quit";
    if (question.starts_with("set ")) {
      flags_[key] = true;
      logged = log_.write("set " + key);
    }
    return flags_[key] || quit_ ? "yes" : "no";
  }

  int listener_;
  LineLog& log_;
  std::map<std::string, bool> flags_;
  bool quit_ = false;
};

int manage(int listener, const int (&root_is_there)[2]) {
  close(root_is_there[1]);
  LineLog log("manager.log");
  bool good = log.open() && Manager(listener, log).serve(root_is_there[0]);
  if (defect::is("socket_stays")) unlink(socket_file);
  good = log.close() && good;
  return good ? 0 : 1;
}

/// Made before anybody is there to ask: nobody comes too early.
int make_listener() {
  const Address address;
  const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, address.get(), address.size) != 0 || listen(listener, 8) != 0) {
    std::perror("manager's socket");
    return -1;
  }
  return listener;
}

bool run() {
  const int listener = make_listener();
  int root_is_there[2];
  if (listener < 0 || pipe(root_is_there) != 0) return false;
  const pid_t manager = fork();
  if (manager == 0) _exit(manage(listener, root_is_there));
  close(root_is_there[0]);
  const bool shared = defect::is("listener_inherited");
  if (!shared) close(listener);

  std::array<pid_t, 2> workers{-1, -1};
  bool good = manager > 0;
  for (pid_t& worker : workers) {
    if (!good) break;
    worker = fork();
    if (worker == 0) {
      if (!defect::is("pipe_inherited")) close(root_is_there[1]);
      _exit(work());
    }
    good = worker > 0;
  }
  if (good) sleep_ms(100);
  good = good && ask("set shutdown") == "yes";
  for (const pid_t worker : workers) {
    if (worker <= 0) continue;
    if (!good) kill(worker, SIGTERM);
    good = reap_success(worker) && good;
  }
  good = good && ask("quit") == "yes";
  close(root_is_there[1]);
  return manager > 0 && reap_success(manager) && good;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv,
                 {"manager_outlives", "socket_stays", "refused_means_go_on", "log_left_open", "listener_inherited",
                  "pipe_inherited"});
  if (!run()) return 1;
  return careful::write_all(STDOUT_FILENO, "all shut down\n") ? 0 : 1;
}
