// boost_v1 CASE: what Boost.Process (v1) itself does with the children of a program that does no more than its
// documentation says. `--version` prints the version of Boost.
//
//   failed_exec      starts a program that is not there, catches the exception and works for 500 ms
//   destroyed        lets go of a child that still runs
//   terminated       terminates a shell that waits for a child of its own
//   group            the same with the shell's group, and waits for the shell
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/group.hpp>
#include <boost/version.hpp>
#include <string_view>

#include "scenarios/subject.hpp"

namespace process = boost::process;

namespace {

constexpr const char* two_processes = "sleep 60; true";

int failed_exec() {
  try {
    process::child child(process::exe = "/nowhere/program");
  } catch (const process::process_error&) {
  }
  subject::sleep_ms(500);
  return 0;
}

int destroyed() {
  process::child child(process::exe = "/bin/sleep", process::args = {"60"});
  subject::sleep_ms(50);
  return 0;
}

int terminated() {
  process::child child(process::exe = "/bin/sh", process::args = {"-c", two_processes});
  subject::sleep_ms(50);
  child.terminate();
  return 0;
}

int group() {
  process::group all;
  process::child child(process::exe = "/bin/sh", process::args = {"-c", two_processes}, all);
  subject::sleep_ms(50);
  all.terminate();
  child.wait();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  if (wanted == "failed_exec") return failed_exec();
  if (wanted == "destroyed") return destroyed();
  if (wanted == "terminated") return terminated();
  if (wanted == "group") return group();
  std::printf("Boost %d.%d.%d\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  return wanted == "--version" ? 0 : 2;
}
