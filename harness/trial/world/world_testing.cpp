#include "harness/trial/world/world_testing.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <sstream>
#include <stdexcept>

#include "harness/linux/namespaces.hpp"
#include "harness/trial/world/overlay_world.hpp"

namespace exitproof::testing_support {

namespace {

int exit_code_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Two pipes by which the leader says that it has entered, and is told to go on.
struct Meeting {
  int entered[2];
  int go_on[2];

  Meeting() {
    if (::pipe(entered) != 0 || ::pipe(go_on) != 0) {
      throw std::runtime_error("pipe");
    }
  }
  ~Meeting() {
    for (const int end : {entered[0], entered[1], go_on[0], go_on[1]}) {
      ::close(end);
    }
  }
  static void tell(const int (&ends)[2]) { static_cast<void>(!::write(ends[1], "", 1)); }
  static void wait(const int (&ends)[2]) {
    char byte = 0;
    static_cast<void>(!::read(ends[0], &byte, 1));
  }
};

[[noreturn]] void lead(World& world, const WorldTest& test, const Subject& subject, const Meeting& meeting) {
  int code = 255;
  try {
    world.enter(test.fresh_network);
    Meeting::tell(meeting.entered);
    Meeting::wait(meeting.go_on);
    code = subject();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "in the world: %s\n", error.what());
  }
  Meeting::tell(meeting.entered);
  ::_exit(code);
}

void print_trial(std::ostream& out, World& world, const WorldTest& test, const Subject& subject) {
  world.open();
  world.copy_up(test.copied_up);
  const Meeting meeting;
  const pid_t leader = ::fork();
  if (leader == 0) {
    lead(world, test, subject, meeting);
  }
  Meeting::wait(meeting.entered);
  if (test.restore) {
    world.entered(leader);
  }
  if (test.before_subject) {
    test.before_subject(world);
  }
  Meeting::tell(meeting.go_on);
  out << "trial " << exit_code_of(leader) << '\n';
  ::kill(-1, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
  const auto changes = world.changes();
  for (const auto& change : changes) {
    out << "change " << change_kind_name(change.kind) << ' ' << file_type_name(change.type) << ' ' << change.path
        << '\n';
  }
  if (test.restore && world.restore(changes)) {
    out << "restored\n";
  } else {
    world.close();
  }
}

std::string run_trials(const WorldTest& test) {
  std::ostringstream out;
  try {
    OverlayWorld world({.working_directory = test.working_directory, .own_network = true, .writable_places = {}});
    for (const auto& line : world.skipped()) {
      out << "skipped " << line << '\n';
    }
    for (const auto& subject : test.subjects) {
      print_trial(out, world, test, subject);
    }
  } catch (const std::exception& error) {
    out << "error " << error.what() << '\n';
  }
  return out.str();
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

[[noreturn]] void run_worker(const WorldTest& test, int out) {
  try {
    sys::enter_namespaces(true);
    if (test.prepare) {
      test.prepare();
    }
  } catch (const std::exception& error) {
    write_all(out, std::string("error ") + error.what() + '\n');
    ::_exit(0);
  }
  const pid_t inner = ::fork();
  if (inner == 0) {
    write_all(out, run_trials(test));
    ::_exit(0);
  }
  ::_exit(exit_code_of(inner));
}

std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t got = ::read(fd, buffer, sizeof buffer); got > 0; got = ::read(fd, buffer, sizeof buffer)) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

WorldSeen parse(const std::string& text) {
  WorldSeen seen;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto rest = line.substr(line.find(' ') + 1);
    if (line.starts_with("trial ")) {
      seen.trials.push_back({std::stoi(rest), {}, false});
    } else if (line == "restored") {
      seen.trials.back().restored = true;
    } else if (line.starts_with("change ")) {
      seen.trials.back().changes.push_back(rest);
    } else if (line.starts_with("skipped ")) {
      seen.skipped.push_back(rest);
    } else {
      seen.error = rest;
    }
  }
  return seen;
}

}  // namespace

WorldSeen run_in_world(const WorldTest& test) {
  int ends[2];
  if (::pipe(ends) != 0) {
    throw std::runtime_error("pipe");
  }
  const pid_t worker = ::fork();
  if (worker == 0) {
    ::close(ends[0]);
    run_worker(test, ends[1]);
  }
  ::close(ends[1]);
  auto seen = parse(read_all(ends[0]));
  ::close(ends[0]);
  exit_code_of(worker);
  return seen;
}

std::optional<std::string> why_no_world() {
  const auto seen = run_in_world({.working_directory = "/",
                                  .fresh_network = false,
                                  .copied_up = {},
                                  .prepare = {},
                                  .before_subject = {},
                                  .subjects = {}});
  return seen.error.empty() ? std::nullopt : std::optional(seen.error);
}

}  // namespace exitproof::testing_support
