#include "exitproof/violation.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

Violation left_file(std::string subject) {
  return {.invariant = "no-leftovers",
          .process = ProcessPath::root(),
          .command = "sort",
          .subject = std::move(subject),
          .detail = {},
          .manner = Manner::sigkill};
}

TEST(Signature, is_one_for_names_that_differ_in_what_varies) {
  const std::string first = signature(left_file("/tmp/sortAbC123"), FaultKind::kill);
  EXPECT_EQ(first, "no-leftovers | sort | /tmp/sort* | kill | sigkill");
  EXPECT_EQ(signature(left_file("/tmp/sortxY9z0Q"), FaultKind::kill), first);
}

TEST(Signature, differs_in_each_of_its_parts_and_in_nothing_else) {
  const Violation one = left_file("/tmp/a");
  const std::string known = signature(one, FaultKind::kill);
  Violation other = one;
  other.process = ProcessPath::root().child(1);
  other.detail = "otherwise put";
  EXPECT_EQ(signature(other, FaultKind::kill), known);
  EXPECT_NE(signature(one, FaultKind::ctrl_c), known);
  other = one;
  other.invariant = "no-orphans";
  EXPECT_NE(signature(other, FaultKind::kill), known);
  other = one;
  other.command = "gzip";
  EXPECT_NE(signature(other, FaultKind::kill), known);
  other = one;
  other.subject = "/tmp/b";
  EXPECT_NE(signature(other, FaultKind::kill), known);
  other = one;
  other.manner = Manner::sigkill_tree;
  EXPECT_NE(signature(other, FaultKind::kill), known);
}

TEST(Verdict, names) {
  EXPECT_EQ(verdict_name(Verdict::held), "held");
  EXPECT_EQ(verdict_name(Verdict::violated), "violated");
  EXPECT_EQ(verdict_name(Verdict::not_exercised), "not-exercised");
  EXPECT_EQ(verdict_name(Verdict::flaky), "flaky");
  EXPECT_EQ(verdict_name(Verdict::harness_error), "harness-error");
}

}  // namespace
}  // namespace exitproof
