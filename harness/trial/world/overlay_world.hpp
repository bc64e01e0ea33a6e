#pragma once

#include <memory>

#include "harness/trial/world/world.hpp"

namespace exitproof {

/// All of the machine, copy-on-write, in namespaces of its own.
///
/// Belongs to process 1 of the namespaces that sys::enter_namespaces() made. Process 1 itself keeps seeing the real
/// machine. Nothing is made on any disk: every layer and mount point lives in namespaces and vanishes with process 1.
class OverlayWorld : public World {
 public:
  /// Mounts /proc for this pid namespace, reads the machine's mounts and prepares what all trials share.
  explicit OverlayWorld(WorldOptions options);
  ~OverlayWorld() override;

  void open() override;
  void copy_up(const std::vector<std::string>& paths) override;
  void enter(bool fresh_network) override;
  void enter_again() override;
  void entered(pid_t pid) override;
  void hide_process(pid_t pid) override;
  std::vector<FileChange> changes() const override;
  void end_processes() override;
  bool restore(const std::vector<FileChange>& changes) override;
  void close() override;
  void fill_disk() override;
  void free_disk() override;
  void make_own_copy(const std::string& path, bool only_linked) override;
  int disk() const noexcept override;
  bool takes_rights() const noexcept override;
  const std::vector<std::string>& skipped() const noexcept override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exitproof
