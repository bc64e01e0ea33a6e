#include "exitproof/call_class.hpp"

#include "harness/model/name_table.hpp"

namespace exitproof {
namespace {

constexpr NameTable<CallClass, call_class_count> names{{{
    {CallClass::open, "open"},
    {CallClass::write, "write"},
    {CallClass::read, "read"},
    {CallClass::close, "close"},
    {CallClass::rename, "rename"},
    {CallClass::unlink, "unlink"},
    {CallClass::mkdir, "mkdir"},
    {CallClass::link, "link"},
    {CallClass::truncate, "truncate"},
    {CallClass::sync, "sync"},
    {CallClass::chmod, "chmod"},
    {CallClass::lock, "lock"},
    {CallClass::shm, "shm"},
    {CallClass::fork, "fork"},
    {CallClass::exec, "exec"},
    {CallClass::wait, "wait"},
    {CallClass::exit, "exit"},
    {CallClass::kill, "kill"},
    {CallClass::sigaction, "sigaction"},
    {CallClass::sleep, "sleep"},
    {CallClass::poll, "poll"},
    {CallClass::futex, "futex"},
    {CallClass::bind, "bind"},
    {CallClass::connect, "connect"},
    {CallClass::accept, "accept"},
    {CallClass::send, "send"},
    {CallClass::recv, "recv"},
    {CallClass::out, "out"},
}}};
static_assert(names.complete_up_to(CallClass::out));

}  // namespace

std::string_view call_class_name(CallClass call_class) {
  return names.name(call_class);
}

std::optional<CallClass> call_class_of_name(std::string_view name) {
  return names.value(name);
}

const std::array<CallClass, call_class_count>& all_call_classes() {
  static constexpr std::array<CallClass, call_class_count> all = names.values();
  return all;
}

CallClasses default_survey_classes() {
  CallClasses classes;
  classes.set();
  for (const CallClass left_out : {CallClass::read, CallClass::poll, CallClass::futex})
    classes.reset(static_cast<std::size_t>(left_out));
  return classes;
}

}  // namespace exitproof
