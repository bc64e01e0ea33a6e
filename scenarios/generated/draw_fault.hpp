#pragma once

#include <optional>
#include <string>

#include "scenarios/generated/planned_fault.hpp"
#include "scenarios/generated/tree_description.hpp"

namespace generated {

/// A fault of a tree, and how a plan spells it.
struct DrawnFault {
  PlannedFault fault;
  std::string plan;
};

class FaultDrawing {
 public:
  FaultDrawing(const Description& tree, Random& random) : tree_(tree), random_(random) {}

  DrawnFault draw() {
    for (;;) {
      if (auto drawn = try_to_draw()) return *drawn;
    }
  }

 private:
  std::optional<DrawnFault> try_to_draw() {
    PlannedFault fault;
    fault.process = random_.below(tree_.processes.size());
    const Process& process = tree_.processes[fault.process];
    fault.op = random_.below(process.ops.size());
    const std::size_t kind = random_.below(100);
    if (kind < 15) return at_call(fault, Strike::no_space);
    if (kind < 25) return at_call(fault, Strike::kill);
    draw_strike(fault);
    fault.quiet = random_.chance(20);
    if (fault.quiet && has_timer()) return std::nullopt;
    const bool whole = fault.strike == Strike::ctrl_c || fault.strike == Strike::kill_tree;
    const std::string place = fault.quiet ? "quiet:1" : "probe=" + point_name(fault.op) + ":1";
    return DrawnFault{fault, name_of(fault) + "@" + (fault.quiet && whole ? "" : process.path + ":") + place};
  }

  bool has_timer() const {
    for (const Process& process : tree_.processes) {
      if (process.wait == Wait::timer) return true;
    }
    return false;
  }

  void draw_strike(PlannedFault& fault) {
    constexpr std::array<int, 3> signals{term_number, int_number, hup_number};
    const std::size_t kind = random_.below(100);
    if (kind < 40) {
      fault.strike = Strike::kill;
    } else if (kind < 75) {
      fault.strike = Strike::signal;
      fault.signal = signals.at(random_.below(signals.size()));
    } else {
      fault.strike = kind < 94 ? Strike::ctrl_c : Strike::kill_tree;
    }
  }

  static std::string name_of(const PlannedFault& fault) {
    switch (fault.strike) {
      case Strike::none:
        break;
      case Strike::kill:
        return "kill";
      case Strike::kill_tree:
        return "kill-tree";
      case Strike::signal:
        return fault.signal == term_number ? "SIGTERM" : fault.signal == int_number ? "SIGINT" : "SIGHUP";
      case Strike::ctrl_c:
        return "ctrl-c";
      case Strike::no_space:
        return "ENOSPC";
    }
    return "none";
  }

  /// At the call that the step makes, rather than at the point before it.
  std::optional<DrawnFault> at_call(PlannedFault fault, Strike strike) {
    const Process& process = tree_.processes[fault.process];
    const Op& op = process.ops[fault.op];
    std::string call;
    if (op.kind == OpKind::open) call = "open=" + written_name(op.index);
    if (op.kind == OpKind::write) call = "write=" + half_text(tree_.files[op.index], op.half);
    if (op.kind == OpKind::remove && strike == Strike::kill) call = "unlink=" + written_name(op.index);
    if (call.empty() || (op.kind != OpKind::write && tree_.files[op.index].kind == FileKind::unnamed)) {
      return std::nullopt;
    }
    fault.strike = strike;
    fault.after = strike == Strike::kill && random_.chance(50);
    const std::string thread = op.in_thread != 0 ? "/" + std::to_string(op.in_thread) : "";
    return DrawnFault{fault,
                      name_of(fault) + "@" + process.path + thread + ":" + call + ":1" + (fault.after ? ":after" : "")};
  }

  std::string written_name(std::size_t file) const {
    return tree_.files[file].name + (tree_.files[file].by_rename ? ".part" : "");
  }

  const Description& tree_;
  Random& random_;
};

}  // namespace generated
