#include <string.h>

#include "harness/probe/preload.hpp"

namespace exitproof::preload {

namespace {

constexpr char list_name[] = "LD_PRELOAD=";
constexpr const char* agents[] = {"libexitproof-agent.so", "libexitproof-new.so"};
// The tracer always adds an even number of variables: see fill_gap().
constexpr char statics_wanted[] = "EXITPROOF_STATICS=1";
constexpr const char* own_variables[] = {"EXITPROOF_STATICS=", "EXITPROOF_PRELOADED="};

bool starts_with(const char* text, const char* start) {
  return strncmp(text, start, strlen(start)) == 0;
}

bool is_agent(const char* path, size_t size) {
  const void* const slash = memrchr(path, '/', size);
  const char* const name = slash == nullptr ? path : static_cast<const char*>(slash) + 1;
  const size_t length = size - static_cast<size_t>(name - path);
  for (const char* const agent : agents) {
    if (strlen(agent) == length && memcmp(agent, name, length) == 0) {
      return true;
    }
  }
  return false;
}

// What is left of the list stays in the memory of the former; false when nothing is left.
bool leave_list(char* list) {
  char* kept = list;
  for (char* word = list; *word != '\0';) {
    const size_t size = strcspn(word, ": ");
    const size_t with_separator = size + (word[size] != '\0' ? 1 : 0);
    if (!is_agent(word, size)) {
      memmove(kept, word, with_separator);
      kept += with_separator;
    } else if (word[size] == '\0' && kept > list) {
      --kept;  // it was the last one: the separator before it goes
    }
    word += with_separator;
  }
  const bool any = kept > list;
  memset(kept, 0, strlen(kept));
  return any;
}

bool is_to_leave(char* variable) {
  if (starts_with(variable, list_name)) {
    char* const list = variable + strlen(list_name);
    const size_t size = strlen(list);
    return !leave_list(list) && size > 0;
  }
  for (const char* const own : own_variables) {
    if (starts_with(variable, own)) {
      return true;
    }
  }
  return false;
}

// Programs that look for the auxiliary vector (getauxval(3)) behind the environment must find it there: pairs to be
// ignored fill the room between.
void fill_gap(char** from, char** end) {
  *from = nullptr;
  for (char** word = from + 1; word + 1 <= end; word += 2) {
    word[0] = reinterpret_cast<char*>(1);  // AT_IGNORE
    word[1] = nullptr;
  }
}

}  // namespace

bool leave_environment(char** environment) {
  bool statics = false;
  char** kept = environment;
  char** each = environment;
  for (; *each != nullptr; ++each) {
    statics = statics || strcmp(*each, statics_wanted) == 0;
    if (!is_to_leave(*each)) {
      *kept++ = *each;
    }
  }
  if (kept != each) {
    fill_gap(kept, each);
  }
  return statics;
}

}  // namespace exitproof::preload
