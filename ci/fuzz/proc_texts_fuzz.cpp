#include "harness/linux/proc_texts.hpp"

#include <string>

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

namespace {

/// As the kernel writes a name in /proc/PID/status.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '\n')
      text += "\\n";
    else if (c == '\\')
      text += "\\\\";
    else
      text += c;
  }
  return text;
}

void read_all(std::string_view text) {
  sys::parse_process_stat(text);
  sys::parse_thread_group(text);
  sys::parse_effective_user(text);
  sys::parse_signal_sets(text);
  sys::parse_call_in_progress(text);
  sys::parse_timeslices(text);
  sys::parse_posix_timers(text);
  sys::parse_descriptor_flags(text);
}

}  // namespace

// Any text is read or is nothing; and a process, whatever its name is, cannot say what it is not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  read_all(text);
  const std::string name(text.substr(0, 15));
  const auto stat = sys::parse_process_stat("9 (" + name + ") S 3 4 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 6 0 1\n");
  fuzz::require(stat == sys::ProcessStat{'S', 3, 4, 5, 6}, "a name says nothing in stat");
  const std::string status = "Name:\t" + escaped(name) +
                             "\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t7\nPid:\t9\nUid:\t1\t2\t3\t4\n"
                             "SigPnd:\t0000000000000001\nShdPnd:\t0000000000000002\nSigBlk:\t0000000000000004\n"
                             "SigIgn:\t0000000000000008\nSigCgt:\t0000000000000010\n";
  fuzz::require(sys::parse_signal_sets(status) == sys::SignalSets{1, 2, 4, 8, 16}, "a name says nothing of signals");
  fuzz::require(sys::parse_thread_group(status) == 7, "a name says nothing of threads");
  fuzz::require(sys::parse_effective_user(status) == 2U, "a name says nothing of users");
  return 0;
}
