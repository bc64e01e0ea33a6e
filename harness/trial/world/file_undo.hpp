#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/trial/world/file_state.hpp"
#include "harness/trial/world/kept_files.hpp"

namespace exitproof {

/// Puts the files of the machine back to what they were before a trial, as far as the books and the kept copies reach.
///
/// Never at the cost of another file: a file of the machine is only renamed, over nothing; removed is only what the
/// trial is known to have made, and what is young in a directory that it made. What somebody else has put in a file's
/// place meanwhile stays, and the file stays where the trial moved it.
class FileUndo {
 public:
  /// Both must outlive it. Copies that have served are dropped from `kept`.
  FileUndo(BookedFiles& files, KeptFiles& kept) : files_(files), kept_(kept) {}

  /// Answers what could not be put back: "PATH: this file of the machine was changed". Every process of the trial must be gone.
  std::vector<std::string> run();

 private:
  using Places = std::map<sys::Inode, std::vector<std::string>>;

  bool is_made(const std::string& path, const sys::Inode& now) const;
  bool can_come_back(const std::string& path, const BookedFile& booked) const;
  bool is_home_of(const std::string& path, const sys::Inode& file) const;
  bool is_shown_at_home(const sys::Inode& file) const;
  void add_below(const std::string& directory, std::map<std::string, bool>& paths) const;
  std::map<std::string, bool> paths_to_look_at() const;
  Places find_places() const;

  void open_directories();
  bool has_its_directory(const std::string& home) const;
  bool move_back_once();
  bool move_to(const std::string& from, const std::string& home, const BookedFile& booked);
  void change_places(const std::string& from, const std::string& home);
  bool make_directories();
  void note_again(const std::string& path);
  bool is_remade(const std::string& path, const sys::Inode& now) const;
  void remove_made();
  void remove_if_made(const std::string& path, bool below);
  void put_back();
  bool link_to_twin(const std::string& path, const BookedFile& booked);
  void make_again(const std::string& path, const BookedFile& booked);
  void give_attributes(const std::string& path, const FileState& before);
  std::optional<std::string> why_not_back(const std::string& path, const BookedFile& booked,
                                          const Places& places) const;
  std::vector<std::string> what_stays();

  BookedFiles& files_;
  KeptFiles& kept_;
  std::set<sys::Inode> machines_;
  std::set<sys::Inode> touched_;              ///< of those, the ones that a call has changed by any of their names
  std::map<sys::Inode, std::string> remade_;  ///< files put back by a new one, with their paths
};

}  // namespace exitproof
