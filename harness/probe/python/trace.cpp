#include <string.h>

#include "harness/probe/python/agent.hpp"
#include "harness/probe/voice.hpp"

// A C trace function without an object: sys.gettrace() says None, as the program expects, and no frame's local
// variables are collected for it, which sys.settrace() does at every line up to 3.12.

namespace exitproof::python {

namespace {

// What is told of a code object, or that nothing is.
struct Known {
  PyObject* code;
  PyObject* line_text;  // null: nobody asked
  PyObject* call_text;
  PyObject* idle_lines;  // bytes, from the first line on: a LineKind each
  int first_line;
};

constexpr size_t known_max = 1024;
Known known[known_max];
PyObject* texts_of = nullptr;
PyObject* exception_of = nullptr;
PyObject* current_trace = nullptr;
bool enough_lines = false;
bool enough_calls = false;
// The change of the trace function that is under way is the agent's, or one it knows of.
bool expected = false;
bool said_skipped = false;
// The harness writes the name of the exception over the text. Nobody else comes here meanwhile: the GIL is held.
char message[EXITPROOF_TEXT_MAX + 1];

PyObject* code_of(PyObject* frame) {
  return PyFrame_GetCode != nullptr ? PyFrame_GetCode(frame) : PyObject_GetAttrString(frame, "f_code");
}

void forget(Known& entry) {
  Py_DecRef(entry.code);
  Py_DecRef(entry.line_text);
  Py_DecRef(entry.call_text);
  Py_DecRef(entry.idle_lines);
  entry = Known{};
}

// False with an exception set.
bool look_up(Known& entry, PyObject* code, PyObject* frame) {
  const Ref texts(PyObject_CallFunctionObjArgs(texts_of, frame, nullptr));
  if (!texts) {
    drop_own_traceback();
    return false;
  }
  forget(entry);
  entry.code = new_reference(code);
  if (texts.get() != &_Py_NoneStruct) {
    entry.line_text = new_reference(PyTuple_GetItem(texts.get(), 0));
    entry.call_text = new_reference(PyTuple_GetItem(texts.get(), 1));
    entry.first_line = static_cast<int>(PyLong_AsLong(PyTuple_GetItem(texts.get(), 2)));
    entry.idle_lines = new_reference(PyTuple_GetItem(texts.get(), 3));
  }
  return true;
}

// As the Python half counts them.
enum LineKind : char { usual = 0, idle = 1, untold = 2 };

LineKind kind_of(const Known& entry, int line) {
  const Py_ssize_t at = line - entry.first_line;
  const bool is_there = at >= 0 && at < PyBytes_Size(entry.idle_lines);
  return is_there ? static_cast<LineKind>(PyBytes_AsString(entry.idle_lines)[at]) : usual;
}

int raise_told(LineKind kind) {
  const Ref name(PyUnicode_FromFormat("%s", message));
  const Ref at_idle_line(PyBool_FromLong(kind == idle ? 1 : 0));
  const Ref exception(name ? PyObject_CallFunctionObjArgs(exception_of, name.get(), at_idle_line.get(), nullptr)
                           : nullptr);
  if (!exception) {
    drop_own_traceback();
    return -1;
  }
  if (exception.get() == &_Py_NoneStruct) {
    return 0;
  }
  PyErr_SetObject(type_of(exception.get()), exception.get());
  return -1;
}

void set_trace(Py_tracefunc function) {
  expected = true;
  PyEval_SetTrace(function, nullptr);
  expected = false;
}

// A new text each time: the last one may have been overwritten.
long tell(exitproof_probe_message kind, PyObject* text, int line) {
  memcpy(message, PyBytes_AsString(text), static_cast<size_t>(PyBytes_Size(text)) + 1);
  return voice::say(kind, reinterpret_cast<uintptr_t>(message), static_cast<uintptr_t>(line));
}

int on_event(PyObject*, PyObject* frame, int what, PyObject*) {
  if (what != event_line && what != event_call) {
    return 0;
  }
  bool& enough = what == event_line ? enough_lines : enough_calls;
  if (enough) {
    if (enough_lines && enough_calls) {
      set_trace(nullptr);
    }
    return 0;
  }
  const Ref code(code_of(frame));
  if (!code) {
    return -1;
  }
  Known& entry = known[(reinterpret_cast<uintptr_t>(code.get()) >> 5) % known_max];
  if (entry.code != code.get() && !look_up(entry, code.get(), frame)) {
    return -1;
  }
  if (entry.line_text == nullptr) {
    return 0;
  }
  const int line = what == event_line ? PyFrame_GetLineNumber(frame) : entry.first_line;
  const LineKind kind = what == event_line ? kind_of(entry, line) : usual;
  if (kind == untold) {
    return 0;
  }
  const long answer =
      what == event_line ? tell(EXITPROOF_LINE, entry.line_text, line) : tell(EXITPROOF_CALL, entry.call_text, line);
  if (answer == EXITPROOF_THROW) {
    return raise_told(kind);
  }
  enough = answer != EXITPROOF_GO_ON;
  return 0;
}

void say_skipped() {
  if (!said_skipped && !(enough_lines && enough_calls)) {
    said_skipped = true;
    voice::say(EXITPROOF_SKIPPED,
               reinterpret_cast<uintptr_t>("exceptions: while the program traces itself, its lines and calls are "
                                           "not counted, and none raises"));
  }
}

// Another C tracer (coverage.py has one) takes the place of ours without a word to sys.settrace().
int on_audit(const char* event, PyObject*, void*) {
  if (strcmp(event, "sys.settrace") == 0 && !expected) {
    say_skipped();
  }
  return 0;
}

bool can_trace() {
  return PyEval_SetTrace != nullptr && PyFrame_GetLineNumber != nullptr;
}

}  // namespace

PyObject* trace(PyObject*, PyObject* arguments) {
  PyObject* texts = nullptr;
  PyObject* exception = nullptr;
  PyObject* current = nullptr;
  if (PyArg_ParseTuple(arguments, "OOO", &texts, &exception, &current) == 0) {
    return nullptr;
  }
  if (!can_trace()) {
    return PyBool_FromLong(0);
  }
  texts_of = new_reference(texts);
  exception_of = new_reference(exception);
  current_trace = new_reference(current);
  set_trace(on_event);
  if (PySys_AddAuditHook != nullptr) {
    PySys_AddAuditHook(on_audit, nullptr);
  }
  return PyBool_FromLong(1);
}

PyObject* trace_thread(PyObject*, PyObject*) {
  if (texts_of != nullptr && !(enough_lines && enough_calls)) {
    set_trace(on_event);
  }
  return none();
}

PyObject* trace_child(PyObject*, PyObject*) {
  enough_lines = false;
  enough_calls = false;
  const Ref of_program(PyObject_CallFunctionObjArgs(current_trace, nullptr));
  return of_program.get() == &_Py_NoneStruct ? trace_thread(nullptr, nullptr) : none();
}

PyObject* expect_change(PyObject*, PyObject* it_comes) {
  expected = PyObject_IsTrue(it_comes) == 1;
  return none();
}

}  // namespace exitproof::python
