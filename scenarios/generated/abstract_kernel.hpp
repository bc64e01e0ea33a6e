#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "scenarios/generated/planned_fault.hpp"
#include "scenarios/generated/played.hpp"
#include "scenarios/generated/tree_description.hpp"

namespace generated {

/// What processes of a description can do to each other: births, pipes with the holders of their writing ends, signals,
/// ends, files. A signal is met when its process goes on next, and who ends closes its pipes before anybody is told.
class AbstractKernel {
 protected:
  AbstractKernel(const Description& tree, const PlannedFault& fault) : tree_(tree), fault_(fault) {
    played_.processes.resize(tree.processes.size());
    played_.files.resize(tree.files.size());
    words_.resize(tree.processes.size());
    readies_.resize(tree.processes.size());
    played_.processes[0].mode = Mode::ops;
  }
  ~AbstractKernel() = default;

  struct Pipe {
    int bytes = 0;
    std::uint32_t writers = 0;
  };

  static std::uint32_t bit(std::size_t index) { return std::uint32_t{1} << index; }

  bool is_alive(std::size_t i) const {
    const Mode mode = played_.processes[i].mode;
    return mode != Mode::unborn && mode != Mode::closing && mode != Mode::ended;
  }

  bool in_teardown(std::size_t i) const { return played_.processes[i].pc >= tree_.processes[i].teardown; }

  const Op& op_of(std::size_t i) const { return tree_.processes[i].ops[played_.processes[i].pc]; }

  bool begun(std::size_t i) const { return (begun_ & bit(i)) != 0; }

  bool is_partial(std::size_t file) const {
    const PlayedFile& played = played_.files[file];
    return tree_.files[file].by_rename ? !played.published : played.halves != 3;
  }

  void remove(std::size_t i, std::size_t file) {
    if ((played_.processes[i].made & bit(file)) == 0 || !played_.files[file].exists) return;
    played_.files[file].exists = false;
    const std::size_t maker = tree_.files[file].owner;
    const bool lives = played_.processes[maker].mode != Mode::ended;
    if (maker != i && lives && !descends(tree_, maker, i)) played_.trespassed.push_back(file);
  }

  void fork(std::size_t i, std::size_t child) {
    PlayedProcess& maker = played_.processes[i];
    PlayedProcess& born = played_.processes[child];
    const Process& process = tree_.processes[child];
    maker.forked |= bit(child);
    born.mode = Mode::ops;
    born.parent = is_daemon(process) ? -1 : static_cast<int>(i);
    born.reactions = maker.reactions;
    born.ignores_children = maker.ignores_children;
    born.group = process.group == Group::inherited ? maker.group : child;
    if (is_executed(process)) {
      for (Reaction& reaction : born.reactions) {
        if (reaction != Reaction::ignored) reaction = Reaction::by_default;
      }
    } else {
      born.made = maker.made;
      if (!process.forgets_handlers) born.list = maker.list;
      if ((played_.lock_holders & bit(i)) != 0) played_.lock_holders |= bit(child);
    }
    for (std::size_t other = 0; process.keeps_ends && other < words_.size(); ++other) {
      if ((words_[other].writers & bit(i)) != 0) words_[other].writers |= bit(child);
      if ((readies_[other].writers & bit(i)) != 0) readies_[other].writers |= bit(child);
    }
    words_[child].writers = bit(i) | (process.keeps_own_end ? bit(child) : 0);
    readies_[child].writers = bit(child);
  }

  void tell(std::size_t i, std::size_t child) {
    PlayedProcess& one = played_.processes[i];
    if ((one.forked & bit(child)) == 0) return;
    one.told |= bit(child);
    switch (tree_.processes[child].told) {
      case Tell::nothing:
        break;
      case Tell::word:
        ++words_[child].bytes;
        break;
      case Tell::close:
        words_[child].writers &= ~bit(i);
        break;
      case Tell::term:
        deliver(child, term_number);
        break;
      case Tell::kill:
        deliver(child, kill_number);
        break;
    }
  }

  /// It meets the signal when it goes on next; who sent it may be faster.
  void deliver(std::size_t i, int signal) {
    PlayedProcess& one = played_.processes[i];
    if (one.mode == Mode::unborn || one.mode == Mode::closing || one.mode == Mode::ended) return;
    const Reaction reaction = signal == kill_number ? Reaction::by_default : one.reactions[slot(signal)];
    const bool at_its_site = striking_ && i == fault_.process;
    const bool in_fork = one.mode == Mode::ops && op_of(i).kind == OpKind::fork && !at_its_site;
    const bool in_exec = is_executed(tree_.processes[i]) && one.pc == 0 && !begun(i);
    const bool ends = reaction != Reaction::ignored && reaction != Reaction::orderly;
    if ((in_fork && ends) || in_exec) played_.vague = true;
    if (reaction != Reaction::ignored) one.pending.push_back(signal);
  }

  void meet_signal(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    const bool killed = std::find(one.pending.begin(), one.pending.end(), kill_number) != one.pending.end();
    const int signal = killed ? kill_number : one.pending.front();
    one.pending.erase(one.pending.begin());
    switch (killed ? Reaction::by_default : one.reactions[slot(signal)]) {
      case Reaction::by_default:
        return die(i, 0, signal);
      case Reaction::ignored:
        return;
      case Reaction::orderly:
        one.stop = one.stop || !in_teardown(i);
        return;
      case Reaction::cleanup_exit:
      case Reaction::cleanup_raise:
        if (one.mode == Mode::signal_handler) return;
        one.mode = Mode::signal_handler;
        one.caught = signal;
        return;
    }
  }

  static std::size_t slot(int signal) { return signal == term_number ? 0 : signal == int_number ? 1 : 2; }

  void go_on_in_signal(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    for (std::size_t file = 0; file < tree_.files.size(); ++file) {
      const File& known = tree_.files[file];
      if (known.owner != i || !known.in_signals || ((one.cleaned | ~one.made) & bit(file)) != 0) continue;
      one.cleaned |= bit(file);
      if (known.kind == FileKind::locked || (known.kind == FileKind::output && !is_partial(file))) continue;
      return remove(i, file);
    }
    const bool raises = one.reactions[slot(one.caught)] == Reaction::cleanup_raise;
    die(i, raises ? 0 : 128 + one.caught, raises ? one.caught : 0);
  }

  void die(std::size_t i, int status, int signal) {
    PlayedProcess& one = played_.processes[i];
    one.mode = Mode::closing;
    one.waiting = false;
    one.pending.clear();
    begun_ &= ~bit(i);
    one.exit_status = status;
    one.end_signal = signal;
    for (Pipe& pipe : words_) pipe.writers &= ~bit(i);
    for (Pipe& pipe : readies_) pipe.writers &= ~bit(i);
    played_.lock_holders &= ~bit(i);
  }

  void leave(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    one.mode = Mode::ended;
    one.ended_at = now_;
    for (std::size_t child = 0; child < played_.processes.size(); ++child) {
      PlayedProcess& other = played_.processes[child];
      if (other.parent != static_cast<int>(i) || other.mode == Mode::unborn) continue;
      if (other.zombie) played_.unreaped.push_back({i, child, now_ - other.ended_at});
      other.zombie = false;
      other.parent = -1;
      if (other.parent_death_signal) deliver(child, *other.parent_death_signal);
    }
    if (one.parent >= 0) {
      one.zombie = !played_.processes[static_cast<std::size_t>(one.parent)].ignores_children;
    }
  }

  void strike() {
    striking_ = true;
    switch (fault_.strike) {
      case Strike::none:
      case Strike::no_space:
        break;
      case Strike::kill:
        hit(fault_.process, kill_number);
        break;
      case Strike::signal:
        hit(fault_.process, fault_.signal);
        break;
      case Strike::kill_tree:
        hit_all(kill_number, [](const PlayedProcess&) { return true; });
        break;
      case Strike::ctrl_c:
        hit_all(int_number, [this](const PlayedProcess& one) { return one.group == played_.processes[0].group; });
        break;
    }
    striking_ = false;
  }

  template <typename Chosen>
  void hit_all(int signal, Chosen chosen) {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < played_.processes.size(); ++i) {
      const PlayedProcess& one = played_.processes[i];
      if (is_alive(i) && chosen(one)) all.push_back(i);
    }
    for (const std::size_t one : all) note_strike(one, signal);
    for (const std::size_t one : all) deliver(one, signal);
  }

  void hit(std::size_t i, int signal) {
    if (!is_alive(i)) return;
    note_strike(i, signal);
    deliver(i, signal);
  }

  void note_strike(std::size_t i, int signal) {
    if (signal != kill_number && played_.struck.empty()) {
      played_.landing = played_.processes[i].reactions[slot(signal)];
    }
    played_.struck.push_back(i);
    played_.fired = true;
    played_.end_asked =
        played_.end_asked || signal == kill_number || played_.processes[i].reactions[slot(signal)] != Reaction::ignored;
  }

  const Description& tree_;
  const PlannedFault& fault_;
  Played played_;
  std::vector<Pipe> words_;
  std::vector<Pipe> readies_;
  std::uint32_t begun_ = 0;
  int now_ = 0;
  bool striking_ = false;
};

}  // namespace generated
