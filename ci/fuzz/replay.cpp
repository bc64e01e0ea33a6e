#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <vector>

#include "ci/fuzz/fuzz.hpp"

// Runs one target without libFuzzer: NAME_fuzz FOLDER-OR-FILE [MUTATIONS [SEED]] tries each file and so many inputs made
// from them. The same seed makes the same inputs. Whatever ends the target early, its last input is printed first.
namespace {

using Bytes = std::string;

constexpr std::size_t longest_input = 4096;
constexpr unsigned longest_seconds = 10;  // for one input

const Bytes* being_tried = nullptr;
volatile std::sig_atomic_t tries = 0;
std::sig_atomic_t tries_before = -1;

// In a signal handler: raw calls only.
void print_input() noexcept {
  static constexpr char digits[] = "0123456789abcdef";
  constexpr std::size_t shown = 4096;
  char line[2 * shown + 2];
  std::size_t used = 0;
  for (std::size_t i = 0; being_tried != nullptr && i < std::min(being_tried->size(), shown); ++i) {
    const auto byte = static_cast<unsigned char>((*being_tried)[i]);
    line[used++] = digits[byte >> 4U];
    line[used++] = digits[byte & 15U];
  }
  line[used++] = '\n';
  constexpr char head[] = "the input, in hexadecimal (xxd -r -p): ";
  if (::write(STDERR_FILENO, head, sizeof head - 1) < 0 || ::write(STDERR_FILENO, line, used) < 0) ::_exit(1);
}

extern "C" void at_death(int signal) {
  print_input();
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

extern "C" void at_alarm(int) {
  if (tries == tries_before) {
    constexpr char what[] = "one input takes too long\n";
    if (::write(STDERR_FILENO, what, sizeof what - 1) < 0) ::_exit(1);
    std::abort();
  }
  tries_before = tries;
  ::alarm(longest_seconds);
}

void watch() {
  // An input may use up the stack.
  static char stack[1U << 16U];
  const stack_t other{.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  ::sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_flags = SA_ONSTACK;
  action.sa_handler = at_death;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::sigaction(signal, &action, nullptr);
  action.sa_handler = at_alarm;
  ::sigaction(SIGALRM, &action, nullptr);
  ::alarm(longest_seconds);
}

void try_one(const Bytes& input) {
  being_tried = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  being_tried = nullptr;
  tries = tries + 1;
}

Bytes content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Bytes> read_corpus(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  if (directory == nullptr) return {content_of(path)};
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get()))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());  // directories have an order of their own; a seed must mean the same anywhere
  std::vector<Bytes> corpus;
  for (const std::string& name : names) corpus.push_back(content_of(path + "/" + name));
  return corpus;
}

/// Makes inputs from those of a corpus.
class Mutator {
 public:
  Mutator(const std::vector<Bytes>& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}

  Bytes next() {
    Bytes input = corpus_[below(corpus_.size())];
    for (std::size_t left = 1 + below(4); left > 0; --left) change(input);
    if (input.size() > longest_input) input.resize(longest_input);
    return input;
  }

 private:
  // Not a distribution of the standard library: each library has its own.
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  char any_byte() {
    constexpr std::string_view awkward = "0123456789%./:@,=+-_*?[]\\\"'{}() \n\t";
    return below(2) == 0 ? awkward[below(awkward.size())] : static_cast<char>(below(256));
  }

  void change(Bytes& input) {
    const std::size_t at = below(input.size() + 1);
    const std::size_t length = std::min(1 + below(8), input.size() - at);
    const Bytes& other = corpus_[below(corpus_.size())];
    switch (below(6)) {
      case 0:
        input.insert(at, 1, any_byte());
        break;
      case 1:
        input.erase(at, length);
        break;
      case 2:
        if (at < input.size()) input[at] = any_byte();
        break;
      case 3:
        input.insert(at, input.substr(at, length));
        break;
      case 4:
        input.insert(at, other.substr(below(other.size() + 1), 1 + below(16)));
        break;
      default:
        input = input.substr(0, at) + other.substr(below(other.size() + 1));
        break;
    }
  }

  const std::vector<Bytes>& corpus_;
  std::mt19937_64 random_;
};

std::uint64_t number_of(const char* text) {
  std::uint64_t number = 0;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: %s FOLDER-OR-FILE [MUTATIONS [SEED]]\n", arguments[0]);
    return 2;
  }
  const std::vector<Bytes> corpus = read_corpus(arguments[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: nothing to try in %s\n", arguments[0], arguments[1]);
    return 3;
  }
  watch();
  for (const Bytes& input : corpus) try_one(input);
  Mutator mutator(corpus, count > 3 ? number_of(arguments[3]) : 1);
  for (std::uint64_t left = count > 2 ? number_of(arguments[2]) : 0; left > 0; --left) try_one(mutator.next());
  return 0;
}
