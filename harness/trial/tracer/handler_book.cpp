#include "harness/trial/tracer/handler_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/trial/tracer/changing_calls.hpp"

namespace exitproof {

namespace {

// Real programs have some dozen handlers; one that registers them in an endless loop must not fill our memory.
constexpr std::size_t entries_max = 10'000;

const std::string& shown_name(const Handler& handler) {
  return handler.name.empty() ? handler.kind : handler.name;
}

Handler described_handler(const std::string& text) {
  Handler handler;
  handler.kind = message_field(text, 0);
  handler.name = message_field(text, 1);
  handler.file = message_field(text, 2);
  handler.line = line_number(message_field(text, 3));
  handler.of_runtime = message_field(text, 4) == "runtime";
  return handler;
}

void add_what_symbols_say(Handler& handler, const Frame& code) {
  handler.name = handler.name.empty() ? code.function : handler.name;
  if (handler.file.empty()) {
    handler.file = code.file;
    handler.line = code.line;
  } else if (handler.line == 0 && handler.file == code.file) {
    handler.line = code.line;
  }
}

// Of programs and libraries that come with the system. What is under test lies elsewhere, or is asked for with the
// runtimes' handlers.
bool comes_with_system(const std::string& module) {
  constexpr std::array directories = {"/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/"};
  return !module.starts_with("/usr/local/") &&
         std::any_of(directories.begin(), directories.end(), [&](const char* one) { return module.starts_with(one); });
}

// GCC and clang register the destructors of an array as a handler that nobody wrote.
bool destroys_an_array(const std::string& function) {
  return function.starts_with("__tcf_") || function.starts_with("__cxx_global_array_dtor");
}

void count_apart(Handler& handler, const Frame& code) {
  handler.of_runtime = handler.of_runtime || comes_with_system(code.module) || destroys_an_array(code.function);
  if (destroys_an_array(code.function)) {
    handler.kind = "static destructor";
  }
}

bool has_run_in(const Handler& handler, const ProcessPath& process) {
  return std::any_of(handler.runs.begin(), handler.runs.end(),
                     [&process](const HandlerRun& run) { return run.thread.process() == process; });
}

}  // namespace

bool HandlerBook::has_room() {
  if (entries_ < entries_max) {
    ++entries_;
    return true;
  }
  overflown_ = true;
  context_.skip(
      fmt::format("handlers-once: more than {} handlers and runs of them were told of: none is judged", entries_max));
  return false;
}

void HandlerBook::log(const Task& task, std::string what, const Handler& handler) {
  context_.log(EventKind::handler, task.path, std::move(what), shown_name(handler));
}

Handler* HandlerBook::find(const Process& process, std::uint64_t number) {
  const auto known = process.handlers.find(number);
  return known == process.handlers.end() ? nullptr : &context_.evidence.handlers.at(known->second);
}

void HandlerBook::hear(Task& task, const ProbeMessage& message) {
  Process& process = *task.process;
  switch (message.kind) {
    case EXITPROOF_AGENT:
      add_agent(process, message.text);
      return;
    case EXITPROOF_WAY_OUT:
      // Python's os._exit() calls _exit(), of which another agent tells: the first is what the program called.
      if (process.way_out.empty()) {
        process.way_out = message.text;
      }
      return;
    case EXITPROOF_SKIPPED:
      add_skipped(message.text);
      return;
    case EXITPROOF_SILENCER:
      add_silencer(process, message.code);
      return;
    case EXITPROOF_NEW:
    case EXITPROOF_LINE:
    case EXITPROOF_CALL:
      return;
    case EXITPROOF_POINT:
    case EXITPROOF_REGISTERED:
    case EXITPROOF_UNREGISTERED:
    case EXITPROOF_STARTED:
    case EXITPROOF_FINISHED:
    case EXITPROOF_RAISED:
      break;
  }
  if (process.agents.empty()) {
    add_agent(process, "probe");
  }
  if (message.kind == EXITPROOF_REGISTERED) {
    register_handler(task, message);
  } else if (message.kind == EXITPROOF_UNREGISTERED) {
    take_back(task, message.handler);
  } else if (message.kind == EXITPROOF_STARTED) {
    start(task, message.handler);
  } else if (message.kind != EXITPROOF_POINT) {
    end(task, message);
  }
}

void HandlerBook::register_handler(const Task& task, const ProbeMessage& message) {
  if (!has_room()) {
    task.process->handlers.erase(message.handler);
    return;
  }
  Handler handler = described_handler(message.text);
  handler.registrar = task.process->path;
  handler.number = message.handler;
  handler.registered = context_.now();
  if (message.code != 0) {
    const Frame code = stacks_.describe_code(task.process->pid, message.code);
    if (handler.name.empty() || handler.file.empty() || handler.line == 0) {
      add_what_symbols_say(handler, code);
    }
    count_apart(handler, code);
  }
  log(task, "registers", handler);
  task.process->handlers[message.handler] = context_.evidence.handlers.size();
  context_.evidence.handlers.push_back(std::move(handler));
}

void HandlerBook::take_back(const Task& task, std::uint64_t number) {
  Handler* handler = find(*task.process, number);
  if (handler == nullptr) {
    return;
  }
  log(task, "takes back", *handler);
  if (handler->registrar == task.process->path && !handler->unregistered) {
    handler->unregistered = context_.now();
  }
}

void HandlerBook::start(Task& task, std::uint64_t number) {
  Handler* handler = find(*task.process, number);
  if (handler == nullptr) {
    add_skipped(fmt::format("handlers-once: {} ({}) runs a handler that it has not told of before",
                            task.process->command, task.process->path.print()));
    return;
  }
  log(task, "starts", *handler);
  if (!has_room()) {
    return;
  }
  const bool foreign = handler->registrar != task.process->path;
  task.handler_runs.push_back({number, task.process->handlers.at(number), handler->runs.size(), foreign});
  task.each_call = task.each_call || foreign;
  HandlerRun run;
  run.thread = task.path;
  run.started = context_.now();
  handler->runs.push_back(std::move(run));
}

void HandlerBook::end(Task& task, const ProbeMessage& message) {
  // A thread runs its handlers one within the other; but a process may finish one in another thread.
  Task* runner = nullptr;
  std::vector<OpenRun>::reverse_iterator open;
  std::vector<Task*> threads = {&task};
  threads.insert(threads.end(), task.process->tasks.begin(), task.process->tasks.end());
  for (Task* thread : threads) {
    auto& runs = thread->handler_runs;
    open = std::find_if(runs.rbegin(), runs.rend(), [&](const OpenRun& run) { return run.number == message.handler; });
    if (open != runs.rend()) {
      runner = thread;
      break;
    }
  }
  if (runner == nullptr) {
    return;
  }
  Handler& handler = context_.evidence.handlers.at(open->handler);
  HandlerRun& run = handler.runs.at(open->run);
  if (message.kind == EXITPROOF_FINISHED) {
    run.finished = context_.now();
    log(task, "finishes", handler);
  } else {
    run.raised = message.text.empty() ? "an exception" : message.text;
    log(task, "raises in", handler);
  }
  runner->handler_runs.erase(open.base() - 1);
  runner->each_call = std::any_of(runner->handler_runs.begin(), runner->handler_runs.end(),
                                  [](const OpenRun& other) { return other.foreign; });
}

void HandlerBook::inherit(const Process& maker, Process& child, bool shares_memory) {
  child.handlers = maker.handlers;
  child.agents = maker.agents;
  child.voices = shares_memory ? maker.voices : std::make_shared<AgentVoices>(*maker.voices);
  if (maker.sandboxed) {
    child.sandboxed = child.born;
  }
}

void HandlerBook::forget_program(Process& process) {
  for (const auto& [number, index] : process.handlers) {
    Handler& handler = context_.evidence.handlers.at(index);
    handler.lost_by_exec = handler.lost_by_exec || (handler.registrar == process.path && !handler.unregistered &&
                                                    !has_run_in(handler, process.path));
  }
  process.handlers.clear();
  process.agents.clear();
  process.voices = std::make_shared<AgentVoices>();
  process.way_out.clear();
  for (Task* task : process.tasks) {
    task->handler_runs.clear();
    task->each_call = false;
  }
}

void HandlerBook::call_to_come(const Task& task, const sys::CallEntry& entry) {
  if (!changes_something(context_.tree, task, entry)) {
    return;
  }
  for (const OpenRun& open : task.handler_runs) {
    if (open.foreign) {
      context_.evidence.handlers.at(open.handler).runs.at(open.run).changed_something = true;
    }
  }
}

void HandlerBook::add_agent(Process& process, const std::string& name) {
  process.python_is_to_speak = process.python_is_to_speak && name != "python";
  if (std::find(process.agents.begin(), process.agents.end(), name) == process.agents.end() && has_room()) {
    process.agents.push_back(name);
    context_.log(EventKind::note, process.path, {}, fmt::format("tells of itself: {}", name));
  }
  AgentRecord record{process.path, name};
  auto& agents = context_.evidence.agents;
  if (std::find(agents.begin(), agents.end(), record) == agents.end() && has_room()) {
    agents.push_back(std::move(record));
  }
}

void HandlerBook::add_silencer(Process& process, std::uint64_t address) {
  auto& silencers = process.voices->silencers;
  if (std::find(silencers.begin(), silencers.end(), address) == silencers.end() && has_room()) {
    silencers.push_back(address);
  }
}

void HandlerBook::add_skipped(std::string text) {
  auto& skipped = context_.evidence.skipped;
  if (!text.empty() && std::find(skipped.begin(), skipped.end(), text) == skipped.end() && has_room()) {
    skipped.push_back(std::move(text));
  }
}

void HandlerBook::finish() {
  if (overflown_) {
    context_.evidence.handlers.clear();  // who runs twice, and who never, is not known of any of them
  }
  for (const auto& process : context_.tree.processes()) {
    // One that was struck may not have come so far.
    if (process->python_is_to_speak && process->dead && process->end.is_exit() && !process->struck &&
        !process->sandboxed) {
      add_skipped(
          fmt::format("handlers-once: {} ended without a word of its agent, which is made for CPython from 3.8 on",
                      process->command));
    }
    for (const std::string& name : std::vector<std::string>(process->agents)) {
      add_agent(*process, name);
    }
  }
}

}  // namespace exitproof
