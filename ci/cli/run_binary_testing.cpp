#include "ci/cli/run_binary_testing.hpp"

#include <boost/process/args.hpp>
#include <boost/process/async.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <future>

namespace exitproof::testing {

namespace bp = boost::process;

Ran run_binary(const std::vector<std::string>& arguments) {
  boost::asio::io_context context;
  std::future<std::string> out;
  std::future<std::string> err;
  bp::child child(bp::exe = EXITPROOF_BINARY, bp::args = arguments, bp::std_in < bp::null, bp::std_out > out,
                  bp::std_err > err, context);
  context.run();
  child.wait();
  return {WaitStatus::from_raw(child.native_exit_code()), out.get(), err.get()};
}

}  // namespace exitproof::testing
