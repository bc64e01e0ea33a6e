#include <algorithm>

#include "ci/fuzz/fuzz.hpp"
#include "harness/linux/code_map.hpp"
#include "harness/linux/inode.hpp"
#include "harness/linux/ipc_objects.hpp"
#include "harness/linux/sockets.hpp"

using namespace exitproof;

// The lists that the kernel keeps of mappings, sockets and System V objects, and the mark that names a file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const auto kind : {sys::IpcKind::shared_memory, sys::IpcKind::semaphores, sys::IpcKind::messages})
    fuzz::accepts(text, [&] { fuzz::require(sys::parse_sysvipc(kind, text).size() < lines, "a line is one object"); });
  const auto code = sys::parse_code_map(text, "/root");
  fuzz::require(code.size() <= lines, "a line is one mapping");
  for (const sys::CodeRange& range : code) fuzz::require(!range.module.empty(), "a mapping has a name");
  fuzz::require(sys::parse_listening_tcp(text, {7, 8}).size() <= lines, "a line is one socket");
  fuzz::require(sys::parse_listening_unix(text, {7, 8}).size() <= lines, "a line is one socket");
  if (const auto inode = sys::parse_inode(text))
    fuzz::require(sys::parse_inode(sys::print(*inode)) == inode, "a mark's text means that file");
  return 0;
}
