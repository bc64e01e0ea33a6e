#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "scenarios/generated/tree_description.hpp"

namespace generated {

/// Draws a description. A tree first draws how careless its author is: most of what a process does is right.
class TreeDrawing {
 public:
  explicit TreeDrawing(std::uint64_t seed) : random_(seed) { tree_.seed = seed; }

  Description draw() {
    constexpr std::array<unsigned, 4> carelessness{0, 5, 15, 40};
    flaw_percent_ = carelessness.at(random_.below(carelessness.size()));
    kernel_lock_ = random_.chance(25);
    exclusive_ = random_.chance(20);
    if (flaw()) tree_.zombie_ms = zombie_threshold_ms;
    draw_processes();
    for (std::size_t i = 0; i < tree_.processes.size(); ++i) draw_ops(i);
    return std::move(tree_);
  }

 private:
  bool flaw() { return random_.chance(flaw_percent_); }

  template <typename Value>
  Value one_of(std::initializer_list<std::pair<Value, unsigned>> weighted) {
    std::size_t sum = 0;
    for (const auto& [value, weight] : weighted) sum += weight;
    std::size_t drawn = random_.below(sum);
    for (const auto& [value, weight] : weighted) {
      if (drawn < weight) return value;
      drawn -= weight;
    }
    return weighted.begin()->first;
  }

  void draw_processes() {
    const std::size_t size = 2 + random_.below(5);
    tree_.processes.resize(1);
    tree_.processes[0].name = "a";
    tree_.processes[0].path = "0";
    std::vector<unsigned> births(1, 0);
    while (tree_.processes.size() < size) {
      const std::size_t parent = random_.below(tree_.processes.size());
      if (tree_.processes[parent].name.size() > 2) continue;
      Process process;
      process.parent = parent;
      const unsigned birth = ++births[parent];
      births.push_back(0);
      process.name = tree_.processes[parent].name + static_cast<char>('a' + birth);
      process.birth =
          one_of<Birth>({{Birth::fork, 50}, {Birth::exec, 35}, {Birth::daemon, 8}, {Birth::exec_daemon, 7}});
      process.path = tree_.processes[parent].path + "." + std::to_string(birth) + (is_daemon(process) ? ".1" : "");
      tree_.processes.push_back(std::move(process));
    }
    for (std::size_t i = 0; i < size; ++i) draw_ways(i);
    // Where somebody else holds the end of a pipe, closing it says nothing.
    const bool kept = std::any_of(tree_.processes.begin(), tree_.processes.end(),
                                  [](const Process& process) { return process.keeps_ends; });
    for (Process& process : tree_.processes) {
      if (kept && process.told == Tell::close) process.told = Tell::word;
    }
  }

  Reaction draw_reaction() {
    return one_of<Reaction>({{Reaction::by_default, 30},
                             {Reaction::ignored, 5},
                             {Reaction::orderly, 45},
                             {Reaction::cleanup_exit, 10},
                             {Reaction::cleanup_raise, 10}});
  }

  void draw_ways(std::size_t index) {
    Process& process = tree_.processes[index];
    process.reactions[0] = draw_reaction();
    process.reactions[1] = random_.chance(60) ? process.reactions[0] : draw_reaction();
    process.reactions[2] = random_.chance(50) ? Reaction::by_default : draw_reaction();
    process.ignores_children = random_.chance(8);
    process.fails_on_error = !flaw();
    process.fails_with_child = !flaw();
    process.honest_when_stopped = index != 0 || !flaw();
    if (index == 0) {
      process.wait = Wait::rest;
      process.told = Tell::nothing;
      process.runs_handlers = !flaw();
      return;
    }
    process.group = one_of<Group>({{Group::inherited, 75}, {Group::own, 15}, {Group::session, 10}});
    const bool forked = !is_executed(process);
    process.keeps_ends = forked && flaw();
    process.keeps_own_end = forked && flaw();
    process.forgets_handlers = !forked || !flaw();
    process.runs_handlers = random_.chance(70);
    draw_wait(process);
    draw_tell(process);
  }

  void draw_wait(Process& process) {
    if (flaw()) {
      process.wait = random_.chance(50) ? Wait::word_only : Wait::signal;
      return;
    }
    if (is_daemon(process)) {  // whose parent is gone as it begins
      process.wait = Wait::word;
      return;
    }
    process.wait = one_of<Wait>({{Wait::word, 60},
                                 {Wait::watchdog, 10},
                                 {Wait::timer, 6},
                                 {Wait::signal_or_kill, 12},
                                 {Wait::signal_or_term, 12}});
  }

  void draw_tell(Process& process) {
    const bool hears_term = process.reactions[0] != Reaction::ignored;
    const unsigned term = hears_term && !is_daemon(process) ? 20 : 0;
    const unsigned kill = is_daemon(process) ? 0 : 8;
    if (process.wait == Wait::timer || flaw()) {
      process.told = Tell::nothing;
    } else if (process.wait == Wait::word) {
      const unsigned close = process.keeps_own_end ? 0 : 30;
      process.told = one_of<Tell>({{Tell::word, 45}, {Tell::close, close}, {Tell::term, term}, {Tell::kill, kill}});
    } else if (process.wait == Wait::word_only || process.wait == Wait::watchdog) {
      process.told = one_of<Tell>({{Tell::word, 60}, {Tell::term, term}, {Tell::kill, kill}});
    } else if (is_daemon(process)) {
      process.told = Tell::nothing;
    } else {
      process.told = one_of<Tell>({{Tell::term, 4 * term}, {Tell::kill, std::max(kill, 1U)}});
    }
  }

  std::size_t add_file(std::size_t owner, FileKind kind, std::string name) {
    File file;
    file.owner = owner;
    file.kind = kind;
    file.name = std::move(name);
    file.in_signals = !flaw();
    tree_.files.push_back(std::move(file));
    return tree_.files.size() - 1;
  }

  std::size_t add_handler(std::size_t owner, int file) {
    Handler handler;
    handler.owner = owner;
    handler.name = "h_" + tree_.processes[owner].name + (file < 0 ? "" : "_" + tree_.files[to_index(file)].name);
    handler.file = file;
    handler.guarded = random_.chance(50);
    tree_.handlers.push_back(std::move(handler));
    return tree_.handlers.size() - 1;
  }

  static std::size_t to_index(int number) { return static_cast<std::size_t>(number); }

  /// What a process does while it is set up, and, in the order in which it is to be done, at its end.
  struct Script {
    std::vector<Op> up;
    std::vector<Op> down;
    unsigned threads = 0;
  };

  void add(std::vector<Op>& ops, OpKind kind, std::size_t index = 0) {
    Op op;
    op.kind = kind;
    op.index = index;
    ops.push_back(op);
  }

  void add_call(Script& script, OpKind kind, std::size_t file, unsigned half = 0) {
    add(script.up, kind, file);
    script.up.back().half = half;
    if (random_.chance(12)) script.up.back().in_thread = ++script.threads;
  }

  void draw_temporary(std::size_t owner, Script& script, const std::string& suffix) {
    const bool unnamed = random_.chance(10);
    const std::size_t file = add_file(owner, unnamed ? FileKind::unnamed : FileKind::temporary,
                                      tree_.processes[owner].name + suffix + ".tmp");
    if (unnamed) {
      add_call(script, OpKind::open, file);
      add_call(script, OpKind::write, file, 0);
      return;
    }
    const bool stays = flaw();
    const bool by_handler = !stays && tree_.processes[owner].runs_handlers && random_.chance(50);
    const bool at_once = !stays && !by_handler && random_.chance(10);
    tree_.files[file].with_pid = !stays && random_.chance(30);
    const bool late = by_handler && flaw();
    if (by_handler && !late) add(script.up, OpKind::handler, add_handler(owner, static_cast<int>(file)));
    add_call(script, OpKind::open, file);
    if (by_handler && late) add(script.up, OpKind::handler, add_handler(owner, static_cast<int>(file)));
    if (at_once) add(script.up, OpKind::remove, file);
    if (random_.chance(50)) add_call(script, OpKind::write, file, 0);
    if (!stays && !by_handler && !at_once) add(script.down, OpKind::remove, file);
  }

  void draw_output(std::size_t owner, Script& script) {
    const std::size_t file = add_file(owner, FileKind::output, tree_.processes[owner].name + ".out");
    tree_.files[file].by_rename = random_.chance(50);
    add_call(script, OpKind::open, file);
    add_call(script, OpKind::write, file, 0);
    add_call(script, OpKind::write, file, 1);
    if (tree_.files[file].by_rename) add(script.up, OpKind::publish, file);
    if (!flaw()) add(script.down, OpKind::remove_partial, file);
  }

  void draw_child(std::size_t child, Script& script) {
    const Process& process = tree_.processes[child];
    add(script.up, OpKind::fork, child);
    add(script.up, OpKind::await, child);
    std::vector<Op> ending;
    if (process.told != Tell::nothing) add(ending, OpKind::tell, child);
    const bool ends = process.told != Tell::nothing || process.wait == Wait::timer;
    const bool reaped = !is_daemon(process) && ends && !flaw();
    const bool lingers = !reaped && !is_daemon(process) && ends && random_.chance(60);
    if (lingers) add(ending, OpKind::linger, tree_.zombie_ms > 0 ? linger_ms : short_linger_ms);
    if (reaped) add(ending, OpKind::reap, child);
    const bool last_made_first = random_.chance(50);
    script.down.insert(last_made_first ? script.down.begin() : script.down.end(), ending.begin(), ending.end());
  }

  void draw_ops(std::size_t index) {
    Script script;
    add(script.up, OpKind::arm);
    if (index == 0 && exclusive_) {
      const std::size_t file = add_file(0, FileKind::exclusive, "tree-lock.tmp");
      add(script.up, OpKind::open, file);
      add(script.down, OpKind::remove, file);
    }
    if (index == 0 && kernel_lock_) {
      const std::size_t file = add_file(0, FileKind::locked, "tree.guard");
      add(script.up, OpKind::open, file);
      add(script.up, OpKind::lock, file);
    }
    const bool registers = random_.chance(35) && (tree_.processes[index].runs_handlers || flaw());
    if (registers) add(script.up, OpKind::handler, add_handler(index, -1));
    if (random_.chance(60)) draw_temporary(index, script, "-x");
    const bool early_output = random_.chance(50);
    const bool output = random_.chance(index == 0 ? 70 : 40);
    if (output && early_output) draw_output(index, script);
    for (std::size_t child = 1; child < tree_.processes.size(); ++child) {
      if (tree_.processes[child].parent == index) draw_child(child, script);
    }
    if (output && !early_output) draw_output(index, script);
    if (random_.chance(25)) draw_temporary(index, script, "-y");
    if (index != 0) add(script.up, OpKind::ready);
    add(script.up, OpKind::wait);
    Process& process = tree_.processes[index];
    process.ops = std::move(script.up);
    process.teardown = process.ops.size();
    process.ops.insert(process.ops.end(), script.down.begin(), script.down.end());
    add(process.ops, OpKind::end);
  }

  Random random_;
  Description tree_;
  unsigned flaw_percent_ = 0;
  bool kernel_lock_ = false;
  bool exclusive_ = false;
};

inline Description draw_tree(std::uint64_t seed) {
  return TreeDrawing(seed).draw();
}

}  // namespace generated
