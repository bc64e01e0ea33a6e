#include "ci/certify/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include "exitproof/check.hpp"

namespace exitproof {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1, "SHA-256 begins");
  }

  void add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "SHA-256 goes on");
  }

  std::string finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) == 1, "SHA-256 ends");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += digits[bytes[i] >> 4U];
      text += digits[bytes[i] & 15U];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string sha256_of(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.finish();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const auto failed = [&] { return std::system_error(errno, std::generic_category(), "reading " + path.string()); };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw failed();
  Sha256 digest;
  std::vector<char> chunk(1U << 18U);
  while (file) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    digest.add({chunk.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (file.bad() || errno == EISDIR) throw failed();
  return digest.finish();
}

const std::string& FileDigests::of(const std::filesystem::path& path) {
  std::error_code unknown;
  const std::filesystem::path real = std::filesystem::canonical(path, unknown);
  const std::filesystem::path& key = unknown ? path : real;
  const auto known = digests_.find(key);
  return known != digests_.end() ? known->second : digests_.emplace(key, sha256_of_file(key)).first->second;
}

}  // namespace exitproof
