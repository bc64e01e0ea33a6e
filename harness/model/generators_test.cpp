#include "exitproof/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>

namespace exitproof {
namespace {

RC_GTEST_PROP(Generators, plans_are_arguments_of_properties, (const FaultPlan& plan)) {
  RC_ASSERT(FaultPlan::parse(plan.print()) == plan);
}

RC_GTEST_PROP(Generators, so_are_what_plans_are_made_of,
              (const Fault& fault, const Site& site, const ProcessSelector& process, const WaitStatus& end)) {
  RC_ASSERT(Fault::parse(fault.print()) == fault);
  RC_ASSERT(Site::parse(site.print()) == site);
  RC_ASSERT(!print_selector(process).empty());
  RC_ASSERT(!end.print().empty());
}

TEST(Generators, AFailingPropertyShowsItsValuesAsTheyArePrinted) {
  std::ostringstream text;
  rc::show(FaultPlan::parse("kill@0:rename:1,schedule=7"), text);
  EXPECT_EQ(text.str(), "kill@0:rename:1,schedule=7");
}

}  // namespace
}  // namespace exitproof
