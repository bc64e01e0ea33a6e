// boost_v2 CASE: as boost_v1, with Boost.Process v2. `--version` prints the version of Boost.
//
//   failed_exec      starts a program that is not there, catches the exception and works for 500 ms
//   destroyed        lets go of a child that still runs
//   terminated       terminates a shell that waits for a child of its own
//   asked            asks a child to end by SIGTERM, and waits for it
#include <boost/asio/io_context.hpp>
#include <boost/process/v2.hpp>
#include <boost/version.hpp>
#include <string_view>

#include "scenarios/subject.hpp"

namespace process = boost::process::v2;

namespace {

constexpr const char* two_processes = "sleep 60; true";

int failed_exec(boost::asio::io_context& context) {
  try {
    process::process child(context, "/nowhere/program", {});
  } catch (const boost::system::system_error&) {
  }
  subject::sleep_ms(500);
  return 0;
}

int destroyed(boost::asio::io_context& context) {
  process::process child(context, "/bin/sleep", {"60"});
  subject::sleep_ms(50);
  return 0;
}

int terminated(boost::asio::io_context& context) {
  process::process child(context, "/bin/sh", {"-c", two_processes});
  subject::sleep_ms(50);
  child.terminate();
  return 0;
}

int asked(boost::asio::io_context& context) {
  process::process child(context, "/bin/sleep", {"60"});
  subject::sleep_ms(50);
  child.request_exit();
  child.wait();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  boost::asio::io_context context;
  if (wanted == "failed_exec") return failed_exec(context);
  if (wanted == "destroyed") return destroyed(context);
  if (wanted == "terminated") return terminated(context);
  if (wanted == "asked") return asked(context);
  std::printf("Boost %d.%d.%d\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  return wanted == "--version" ? 0 : 2;
}
