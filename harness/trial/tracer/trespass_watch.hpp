#pragma once

#include <map>
#include <string>

#include "harness/trial/tracer/context.hpp"

namespace exitproof {

/// Knows which process made which file of whatever type, and writes down who removes, renames over or truncates a file of another
/// process that is alive. Its ancestors, and whoever runs another program, may clean up after it: asked is only what
/// a process does to another of the same executable that it did not make.
class TrespassWatch {
 public:
  explicit TrespassWatch(TrialContext& context);

  /// Whether the result of the call matters. It does only in trials that trace every one of trespass_classes().
  bool cares_for(const MetCall& call) const;
  /// Before and after a call that it cares for.
  void before_call(const Task& task, const MetCall& call);
  void after_call(const Task& task, const MetCall& call, std::int64_t result);

 private:
  /// A call that is under way.
  struct Change {
    std::string path;         ///< as the subject sees it
    std::string former;       ///< of a rename: the old name
    bool makes = false;       ///< the file was not there, and the call makes it
    bool takes_away = false;  ///< the call takes away what was there
  };

  static Change change_of(const Task& task, const MetCall& call);
  void take_away(const Task& task, const MetCall& call, const std::string& path);

  TrialContext& context_;
  bool active_;
  std::map<pid_t, Change> under_way_;
  std::map<std::string, const Process*> makers_;
};

}  // namespace exitproof
