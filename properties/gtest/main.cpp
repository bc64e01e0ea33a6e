#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exitproof/gtest/init.hpp"

int main(int argc, char** argv) {
  exitproof::gtest::init(&argc, argv);
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
