#pragma once

#include <string>
#include <vector>

namespace exitproof::gtest {

using Arguments = std::vector<std::string>;

/// A C++ function as a subject: by its name. It is run in a fresh process, which is this program, started anew: only
/// main's beginning and the initializers of its global variables come before it. The process exits with what it
/// returns, by exit(3), so that its exit handlers run; an exception out of it ends it as one out of main.
class Subject {
 public:
  using Body = int (*)(const Arguments&);

  Subject() = default;

  /// See EXITPROOF_SUBJECT. To be called before main; names are distinct within a program.
  static Subject define(const char* name, Body body);

  /// Empty: no subject.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace exitproof::gtest

/// Defines a function as a subject, and `name` as what scenarios call it by. The body returns an exit status, and may
/// use `arguments`: those of the scenario. At namespace scope.
///
///     EXITPROOF_SUBJECT(save_report) { return Report(arguments.at(0)).save() ? 0 : 1; }
#define EXITPROOF_SUBJECT(name)                                                        \
  static int exitproof_subject_##name(const ::exitproof::gtest::Arguments& arguments); \
  static const ::exitproof::gtest::Subject name =                                      \
      ::exitproof::gtest::Subject::define(#name, exitproof_subject_##name);            \
  static int exitproof_subject_##name([[maybe_unused]] const ::exitproof::gtest::Arguments& arguments)
