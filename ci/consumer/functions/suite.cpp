#include <gtest/gtest.h>

TEST(Writer, LeavesNothing) {}
