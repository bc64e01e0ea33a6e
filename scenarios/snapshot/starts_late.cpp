// Does at its start what a copy of it might have wrong, and then goes on: `starts_late WHAT [ARGUMENT]`.
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

void say(const std::string& text) {
  [[maybe_unused]] const ssize_t put = ::write(STDOUT_FILENO, text.data(), text.size());
}

// The first bytes of a file before its first write, the next ones after.
int read_on(const char* path) {
  const int file = ::open(path, O_RDONLY);
  char text[5] = {};
  if (file < 0 || ::read(file, text, 4) != 4) return 1;
  say(std::string(text) + " ");
  for (int round = 0; round < 3; ++round) {
    std::memset(text, 0, sizeof text);
    if (::read(file, text, 4) < 0) return 1;
    say(std::string(text) + " ");
  }
  return 0;
}

// A file in a directory that was opened at its start, and one in the working directory.
int use_directory(const char* path) {
  DIR* directory = ::opendir(path);
  if (directory == nullptr || ::chdir(path) != 0) return 1;
  const int here = ::openat(::dirfd(directory), "here", O_CREAT | O_WRONLY, 0600);
  const int beside = ::open("beside", O_CREAT | O_WRONLY, 0600);
  if (here < 0 || beside < 0) return 1;
  say(::readdir(directory) != nullptr ? "it has names" : "it is empty");
  return 0;
}

int live_processes() {
  int count = 0;
  DIR* all = ::opendir("/proc");
  while (const dirent* entry = ::readdir(all)) {
    const std::string stat = std::string("/proc/") + entry->d_name + "/stat";
    count +=
        std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0 && ::access(stat.c_str(), R_OK) == 0 ? 1 : 0;
  }
  ::closedir(all);
  return count;
}

int tell_who() {
  pthread_mutexattr_t kind;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &kind);
  pthread_mutex_lock(&mutex);
  const pid_t cached = ::gettid();
  say("cached " + std::to_string(cached));
  const pid_t child = ::fork();
  if (child == 0) {
    say(" child " + std::to_string(::getpid()) + " of " + std::to_string(::getppid()));
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  say(" who " + std::to_string(::getpid()) + " " + std::to_string(::gettid()) + " " + std::to_string(::getppid()) +
      " " + std::to_string(::getpgrp()) + " " + std::to_string(::getsid(0)));
  say(" unlock " + std::to_string(pthread_mutex_unlock(&mutex)) + " processes " + std::to_string(live_processes()));
  const int terminal = ::open("/dev/tty", O_RDWR);
  say(" foreground " + std::to_string(::tcgetpgrp(terminal) == ::getpgrp()));
  return 0;
}

// But itself (kill(2)).
int signal_everybody() {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  const int sent = ::kill(-1, SIGTERM);
  int status = 0;
  ::waitpid(child, &status, 0);
  say("sent " + std::to_string(sent) + " ended by " + std::to_string(WTERMSIG(status)));
  return 0;
}

int await_alarm() {
  ::alarm(1);
  say("armed ");
  ::pause();
  return 0;
}

int change_stdout() {
  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
  say("non-blocking " + std::to_string((flags & O_NONBLOCK) != 0));
  ::fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
  return 0;
}

int print_buffered() {
  std::printf("buffered before; ");
  const int file = ::open("made", O_CREAT | O_WRONLY, 0600);
  std::printf("after\n");
  return file < 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const char* argument = argc > 2 ? argv[2] : "/";
  if (what == "reads") return read_on(argument);
  if (what == "directory") return use_directory(argument);
  if (what == "who") return tell_who();
  if (what == "everybody") return signal_everybody();
  if (what == "alarm") return await_alarm();
  if (what == "stdout") return change_stdout();
  if (what == "buffer") return print_buffered();
  if (what == "child") return ::fork() == 0 ? 0 : ::wait(nullptr) > 0 ? 0 : 1;
  return 2;
}
