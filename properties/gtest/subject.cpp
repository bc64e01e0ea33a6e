#include "exitproof/gtest/subject.hpp"

#include <map>

#include "properties/gtest/subject_table.hpp"

namespace exitproof::gtest {
namespace {

/// Filled by the initializers of the program's globals, in whatever order these come.
std::multimap<std::string, Subject::Body>& table() {
  static std::multimap<std::string, Subject::Body> subjects;
  return subjects;
}

}  // namespace

Subject Subject::define(const char* name, Body body) {
  table().emplace(name, body);
  Subject subject;
  subject.name_ = name;
  return subject;
}

Subject::Body find_subject(const std::string& name) {
  return table().count(name) == 1 ? table().find(name)->second : nullptr;
}

}  // namespace exitproof::gtest
