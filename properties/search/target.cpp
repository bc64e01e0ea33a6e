#include "exitproof/target.hpp"

#include <array>
#include <utility>
#include <vector>

#include "exitproof/names.hpp"
#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

constexpr std::string_view command_prefix = "command=";

constexpr std::array<std::pair<Target::Role, std::string_view>, 4> roles{{
    {Target::Role::any, "any"},
    {Target::Role::root, "root"},
    {Target::Role::others, "others"},
    {Target::Role::leaf, "leaf"},
}};

}  // namespace

Target Target::parse(std::string_view text) {
  for (const auto& [role, name] : roles) {
    if (text == name) return {.role = role};
  }
  if (text.starts_with(command_prefix) && text.size() > command_prefix.size()) {
    return {.role = Role::command, .command = std::string(text.substr(command_prefix.size()))};
  }
  std::vector<std::string_view> names;
  for (const auto& [role, name] : roles) names.push_back(name);
  std::string expected = "any, root, others, leaf or command=NAME";
  if (const auto near = nearest_name(text, names)) expected += " (did you mean \"" + *near + "\"?)";
  throw ParseError(1, expected, text.empty() ? "nothing" : '"' + std::string(text) + '"');
}

std::string Target::print() const {
  for (const auto& [each, name] : roles) {
    if (each == role) return std::string(name);
  }
  return std::string(command_prefix) + command;
}

bool Target::covers(const TargetProcess& process) const {
  switch (role) {
    case Role::any:
      return true;
    case Role::root:
      return process.path.is_root();
    case Role::others:
      return !process.path.is_root();
    case Role::leaf:
      return process.leaf;
    case Role::command:
      return process.command == command;
  }
  return false;
}

}  // namespace exitproof
