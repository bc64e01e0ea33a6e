#include "harness/probe/python/agent.hpp"

namespace exitproof::python {

namespace {

struct HookObject {
  PyObject head;
  PyObject* original;
  PyObject* before;
  PyObject* after;
  bool binds;  // as a function in a class does, and a built-in one does not
};

PyTypeObject* hook_type = nullptr;

HookObject* as_hook(PyObject* object) {
  return reinterpret_cast<HookObject*>(object);
}
bool is_none(PyObject* object) {
  return object == &_Py_NoneStruct;
}

// Null with an exception set. One that a signal handler raises in the middle of it came just before or just after the
// call, as far as the program can tell.
PyObject* call_own(PyObject* function, PyObject* first, PyObject* second, PyObject* third) {
  const Untraced untraced;
  PyObject* result = PyObject_CallFunctionObjArgs(function, first, second, third, nullptr);
  if (result == nullptr) {
    drop_own_traceback();
  }
  return result;
}

PyObject* hook_call(PyObject* self, PyObject* arguments, PyObject* keywords) {
  const Ref kept(new_reference(self));
  HookObject* hook = as_hook(self);
  PyObject* shown_keywords = keywords == nullptr ? &_Py_NoneStruct : keywords;
  const Ref changed(is_none(hook->before) ? none() : call_own(hook->before, arguments, shown_keywords, nullptr));
  if (!changed) {
    return nullptr;
  }
  PyObject* used = is_none(changed.get()) ? arguments : changed.get();
  PyObject* result = PyObject_Call(hook->original, used, keywords);
  if (result == nullptr || is_none(hook->after)) {
    return result;
  }
  const Ref original_result(result);
  return call_own(hook->after, result, arguments, shown_keywords);
}

PyObject* hook_bind(PyObject* self, PyObject* object, PyObject*) {
  if (!as_hook(self)->binds || object == nullptr || is_none(object)) {
    return new_reference(self);
  }
  return bound_method(self, object);
}

void hook_dealloc(PyObject* self) {
  HookObject* hook = as_hook(self);
  PyTypeObject* type = self->type;
  Py_DecRef(hook->original);
  Py_DecRef(hook->before);
  Py_DecRef(hook->after);
  PyObject_Free(self);
  Py_DecRef(reinterpret_cast<PyObject*>(type));
}

PyObject* hook_repr(PyObject* self) {
  return PyObject_Repr(as_hook(self)->original);
}

// pickle and copy take functions by their name: so does what is started by multiprocessing's spawn, with os._exit as
// its target.
PyObject* name_of(PyObject* self, PyObject*) {
  return PyObject_GetAttrString(as_hook(self)->original, "__qualname__");
}
PyMethodDef reduce = {"__reduce_ex__", name_of, with_arguments, nullptr};

PyObject* hook_get(PyObject* self, PyObject* name) {
  if (PyUnicode_CompareWithASCIIString(name, "__reduce_ex__") == 0) {
    return PyCFunction_NewEx(&reduce, self, nullptr);
  }
  return PyObject_GetAttr(as_hook(self)->original, name);
}

}  // namespace

bool make_hook_type() {
  PyType_Slot slots[] = {
      {tp_call, reinterpret_cast<void*>(hook_call)},
      {tp_dealloc, reinterpret_cast<void*>(hook_dealloc)},
      {tp_descr_get, reinterpret_cast<void*>(hook_bind)},
      {tp_repr, reinterpret_cast<void*>(hook_repr)},
      {tp_str, reinterpret_cast<void*>(hook_repr)},
      {tp_getattro, reinterpret_cast<void*>(hook_get)},
      {0, nullptr},
  };
  PyType_Spec spec = {"exitproof.hook", sizeof(HookObject), 0, default_type_flags, slots};
  hook_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return hook_type != nullptr;
}

PyObject* new_hook(PyObject*, PyObject* arguments) {
  PyObject* original = nullptr;
  PyObject* before = nullptr;
  PyObject* after = nullptr;
  if (PyArg_ParseTuple(arguments, "OOO", &original, &before, &after) == 0) {
    return nullptr;
  }
  PyObject* made = PyType_GenericAlloc(hook_type, 0);
  if (made == nullptr) {
    return nullptr;
  }
  HookObject* hook = as_hook(made);
  hook->original = new_reference(original);
  hook->before = new_reference(before);
  hook->after = new_reference(after);
  hook->binds = PyObject_HasAttrString(type_of(original), "__get__") != 0;
  return made;
}

}  // namespace exitproof::python
