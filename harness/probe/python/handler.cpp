#include "harness/probe/python/agent.hpp"
#include "harness/probe/voice.hpp"

namespace exitproof::python {

namespace {

struct HandlerObject {
  PyObject head;
  PyObject* function;
  uint64_t number;
  pid_t registrar;
  bool promised;  // told of, and neither run nor taken back
  bool withdrawn;
};

PyTypeObject* handler_type = nullptr;
// A forked child goes on from its parent's number: no handler that it inherits shares one with its own.
uint64_t last_number = 0;

HandlerObject* as_handler(PyObject* object) {
  return reinterpret_cast<HandlerObject*>(object);
}
bool is_handler(PyObject* object) {
  return object->type == handler_type;
}

bool taken_down() {
  if (Py_IsFinalizing != nullptr) {
    return Py_IsFinalizing() != 0;
  }
  return _Py_IsFinalizing == nullptr || _Py_IsFinalizing() != 0;
}

bool tell_registered(HandlerObject* handler, PyObject* text) {
  const Ref bytes(encoded(text));
  if (!bytes) {
    return false;
  }
  handler->number = ++last_number;
  handler->registrar = getpid();
  handler->promised = true;
  handler->withdrawn = false;
  voice::say(EXITPROOF_REGISTERED, handler->number, reinterpret_cast<std::uintptr_t>(PyBytes_AsString(bytes.get())));
  return true;
}

// "NameError: name 'x' is not defined", as the last line of a traceback. The exception stays set.
PyObject* words_of_error() {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  const Ref name(PyObject_GetAttrString(type, "__name__"));
  const Ref said(value == nullptr ? nullptr : PyObject_Str(value));
  PyErr_Clear();
  PyObject* words = nullptr;
  if (name) {
    const Ref text(said && PyObject_IsTrue(said.get()) == 1 ? PyUnicode_FromFormat("%S: %S", name.get(), said.get())
                                                            : new_reference(name.get()));
    words = text ? encoded(text.get()) : nullptr;
  }
  PyErr_Clear();
  PyErr_Restore(type, value, traceback);
  return words;
}

PyObject* handler_call(PyObject* self, PyObject* arguments, PyObject* keywords) {
  HandlerObject* handler = as_handler(self);
  const Ref function(new_reference(handler->function));
  if (handler->withdrawn) {
    return PyObject_Call(function.get(), arguments, keywords);
  }
  // The function may drop the handler, or renew it.
  const uint64_t number = handler->number;
  handler->promised = false;
  voice::say(EXITPROOF_STARTED, number);
  PyObject* result = PyObject_Call(function.get(), arguments, keywords);
  if (result != nullptr) {
    voice::say(EXITPROOF_FINISHED, number);
    return result;
  }
  const Ref words(words_of_error());
  voice::say(EXITPROOF_RAISED, number,
             reinterpret_cast<std::uintptr_t>(words ? PyBytes_AsString(words.get()) : "an exception"));
  return nullptr;
}

void handler_dealloc(PyObject* self) {
  HandlerObject* handler = as_handler(self);
  if (handler->promised && handler->registrar == getpid() && !taken_down()) {
    voice::say(EXITPROOF_UNREGISTERED, handler->number);
  }
  PyTypeObject* type = self->type;
  PyObject* function = handler->function;
  PyObject_Free(self);
  Py_DecRef(reinterpret_cast<PyObject*>(type));
  Py_DecRef(function);
}

PyObject* handler_compare(PyObject* self, PyObject* other, int operation) {
  PyObject* function = as_handler(self)->function;
  if (is_handler(other)) {
    other = as_handler(other)->function;
  }
  if (function == other && (operation == compare_equal || operation == compare_unequal)) {
    return PyBool_FromLong(operation == compare_equal);
  }
  return PyObject_RichCompare(function, other, operation);
}

Py_ssize_t handler_hash(PyObject* self) {
  return PyObject_Hash(as_handler(self)->function);
}
PyObject* handler_repr(PyObject* self) {
  return PyObject_Repr(as_handler(self)->function);
}
PyObject* handler_str(PyObject* self) {
  return PyObject_Str(as_handler(self)->function);
}
PyObject* handler_get(PyObject* self, PyObject* name) {
  return PyObject_GetAttr(as_handler(self)->function, name);
}

}  // namespace

bool make_handler_type() {
  PyType_Slot slots[] = {
      {tp_call, reinterpret_cast<void*>(handler_call)},
      {tp_dealloc, reinterpret_cast<void*>(handler_dealloc)},
      {tp_richcompare, reinterpret_cast<void*>(handler_compare)},
      {tp_hash, reinterpret_cast<void*>(handler_hash)},
      {tp_repr, reinterpret_cast<void*>(handler_repr)},
      {tp_str, reinterpret_cast<void*>(handler_str)},
      {tp_getattro, reinterpret_cast<void*>(handler_get)},
      {0, nullptr},
  };
  PyType_Spec spec = {"exitproof.handler", sizeof(HandlerObject), 0, default_type_flags, slots};
  handler_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return handler_type != nullptr;
}

PyObject* new_handler(PyObject*, PyObject* arguments) {
  PyObject* function = nullptr;
  PyObject* text = nullptr;
  if (PyArg_ParseTuple(arguments, "OO", &function, &text) == 0) {
    return nullptr;
  }
  PyObject* made = PyType_GenericAlloc(handler_type, 0);
  if (made == nullptr) {
    return nullptr;
  }
  as_handler(made)->function = new_reference(function);
  if (!tell_registered(as_handler(made), text)) {
    Py_DecRef(made);
    return nullptr;
  }
  return made;
}

PyObject* unwrap(PyObject*, PyObject* object) {
  return new_reference(is_handler(object) ? as_handler(object)->function : object);
}

PyObject* withdraw(PyObject*, PyObject* object) {
  if (is_handler(object) && !as_handler(object)->withdrawn) {
    HandlerObject* handler = as_handler(object);
    if (handler->promised && handler->registrar == getpid()) {
      voice::say(EXITPROOF_UNREGISTERED, handler->number);
    }
    handler->promised = false;
    handler->withdrawn = true;
  }
  return none();
}

PyObject* renew(PyObject*, PyObject* arguments) {
  PyObject* object = nullptr;
  PyObject* text = nullptr;
  if (PyArg_ParseTuple(arguments, "OO", &object, &text) == 0) {
    return nullptr;
  }
  if (is_handler(object) && as_handler(object)->withdrawn && !tell_registered(as_handler(object), text)) {
    return nullptr;
  }
  return none();
}

}  // namespace exitproof::python
