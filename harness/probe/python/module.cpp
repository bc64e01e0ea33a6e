#include "harness/probe/python/agent.hpp"
#include "harness/probe/voice.hpp"

// The module that the agent's Python half calls. It is loaded by hand and never in sys.modules.

namespace exitproof::python {

namespace {

PyObject* method_type = nullptr;
PyObject* own_globals = nullptr;

// set_up(type of a method, globals of the Python half, sys.hexversion)
PyObject* set_up(PyObject*, PyObject* arguments) {
  PyObject* method = nullptr;
  PyObject* globals = nullptr;
  int version = 0;
  if (PyArg_ParseTuple(arguments, "OOi", &method, &globals, &version) == 0) {
    return nullptr;
  }
  is_before_3_11 = version < 0x030B0000;
  method_type = new_reference(method);
  own_globals = new_reference(globals);
  voice::offer_silence();
  return none();
}

// tell(message, text): a message whose arg3 is a text.
PyObject* tell(PyObject*, PyObject* arguments) {
  int message = 0;
  PyObject* text = nullptr;
  if (PyArg_ParseTuple(arguments, "iO", &message, &text) == 0) {
    return nullptr;
  }
  const Ref bytes(encoded(text));
  if (!bytes) {
    return nullptr;
  }
  return PyLong_FromLong(voice::say(static_cast<exitproof_probe_message>(message),
                                    reinterpret_cast<uintptr_t>(PyBytes_AsString(bytes.get()))));
}

bool is_own(PyObject* traceback) {
  const Ref frame(PyObject_GetAttrString(traceback, "tb_frame"));
  const Ref globals(frame ? PyObject_GetAttrString(frame.get(), "f_globals") : nullptr);
  return globals.get() == own_globals;
}

PyMethodDef functions[] = {
    {"set_up", set_up, with_arguments, nullptr},
    {"tell", tell, with_arguments, nullptr},
    {"handler", new_handler, with_arguments, nullptr},
    {"unwrap", unwrap, with_one_argument, nullptr},
    {"withdraw", withdraw, with_one_argument, nullptr},
    {"renew", renew, with_arguments, nullptr},
    {"hook", new_hook, with_arguments, nullptr},
    {"trace", trace, with_arguments, nullptr},
    {"trace_thread", trace_thread, without_arguments, nullptr},
    {"trace_child", trace_child, without_arguments, nullptr},
    {"expect_change", expect_change, with_one_argument, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

int on_exec(PyObject*) {
  return make_handler_type() && make_hook_type() ? 0 : -1;
}

PyModuleDef_Slot slots[] = {{mod_exec, reinterpret_cast<void*>(on_exec)}, {0, nullptr}};

PyModuleDef definition = {{1, nullptr}, nullptr, 0,       nullptr, "_exitproof", nullptr, 0,
                          functions,    slots,   nullptr, nullptr, nullptr};

}  // namespace

PyObject* bound_method(PyObject* function, PyObject* object) {
  return PyObject_CallFunctionObjArgs(method_type, function, object, nullptr);
}

void drop_own_traceback() {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  while (traceback != nullptr && traceback != &_Py_NoneStruct && is_own(traceback)) {
    PyObject* next = PyObject_GetAttrString(traceback, "tb_next");
    Py_DecRef(traceback);
    traceback = next;
  }
  if (traceback == &_Py_NoneStruct) {
    Py_DecRef(traceback);
    traceback = nullptr;
  }
  PyErr_Clear();
  PyErr_Restore(type, value, traceback);
}

PyObject* encoded(PyObject* text) {
  return PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
}

}  // namespace exitproof::python

extern "C" [[gnu::visibility("default")]] PyObject* PyInit__exitproof(void) {
  return PyModuleDef_Init(&exitproof::python::definition);
}
