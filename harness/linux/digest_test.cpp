#include "harness/linux/digest.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {
namespace {

std::string digest_of(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.print();
}

UniqueFd memory_file() {
  return UniqueFd(::memfd_create("digest", MFD_CLOEXEC));
}

TEST(Digest, gives_the_published_values_of_xxh64) {
  EXPECT_EQ(digest_of(""), "ef46db3751d8e999");
  EXPECT_EQ(digest_of("a"), "d24ec4f1a98c6e5b");
  EXPECT_EQ(digest_of("abc"), "44bc2cf5ad770999");
  EXPECT_EQ(digest_of("Nobody inspects the spammish repetition"), "fbcea83c8a378bf1");
}

TEST(Digest, does_not_depend_on_how_the_stream_is_cut) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& pieces) {
    Digest piecewise;
    std::string whole;
    for (const auto& piece : pieces) {
      piecewise.add(piece);
      whole += piece;
    }
    RC_ASSERT(piecewise.print() == digest_of(whole));
  }));
}

TEST(DigestOfFile, does_not_depend_on_holes) {
  const auto sparse = memory_file();
  const auto dense = memory_file();
  const std::string zeros(20'000, '\0');
  for (const auto* file : {&sparse, &dense}) {
    if (file == &dense) {
      ASSERT_EQ(::pwrite(dense.get(), zeros.data(), zeros.size(), 0), 20'000);
    }
    ASSERT_EQ(::ftruncate(file->get(), 20'000), 0);
    ASSERT_EQ(::pwrite(file->get(), "x", 1, 9'000), 1);
  }
  EXPECT_EQ(digest_of_file(sparse.get()), digest_of_file(dense.get()));
}

TEST(DigestOfFile, tells_apart_place_size_and_content) {
  const auto digest_with = [](off_t size, off_t place, char content) {
    const auto file = memory_file();
    EXPECT_EQ(::ftruncate(file.get(), size), 0);
    EXPECT_EQ(::pwrite(file.get(), &content, 1, place), 1);
    return digest_of_file(file.get());
  };
  const auto digest = digest_with(20'000, 9'000, 'x');
  EXPECT_NE(digest, digest_with(20'000, 9'000, 'y'));
  EXPECT_NE(digest, digest_with(20'000, 9'001, 'x'));
  EXPECT_NE(digest, digest_with(20'000, 9'000 + 4096, 'x'));
  EXPECT_NE(digest, digest_with(20'001, 9'000, 'x'));
}

TEST(DigestOfFile, passes_a_huge_hole_quickly) {
  const auto file = memory_file();
  ASSERT_EQ(::ftruncate(file.get(), off_t{1} << 42), 0);
  EXPECT_EQ(digest_of_file(file.get()).size(), 16U);
}

}  // namespace
}  // namespace exitproof::sys
