#pragma once

#include <sys/types.h>
#include <cstddef>

/// The few functions of CPython that the agent calls, declared here, so that neither its build nor its users need
/// Python's headers and one library serves every CPython from 3.8 on. All are of the stable ABI, but for those marked
/// as weak: they are exported by every version known, or by some, and the agent looks whether they are there.
/// The layouts are those of every build but a free-threaded or Py_TRACE_REFS one: _exitproof_entry.py refuses these.
/// https://docs.python.org/3/c-api/stable.html

extern "C" {

using Py_ssize_t = ssize_t;

struct PyTypeObject;
struct PyThreadState;

struct PyObject {
  Py_ssize_t references;
  PyTypeObject* type;
};

using PyCFunction = PyObject* (*)(PyObject*, PyObject*);

struct PyMethodDef {
  const char* name;
  PyCFunction function;
  int flags;
  const char* doc;
};

struct PyModuleDef_Slot {
  int slot;
  void* value;
};

struct PyModuleDef {
  PyObject head;
  PyObject* (*init)(void);
  Py_ssize_t index;
  PyObject* copy;
  const char* name;
  const char* doc;
  Py_ssize_t size;
  PyMethodDef* methods;
  PyModuleDef_Slot* slots;
  void* traverse;
  void* clear;
  void* free;
};

struct PyType_Slot {
  int slot;
  void* function;
};

struct PyType_Spec {
  const char* name;
  int basic_size;
  int item_size;
  unsigned int flags;
  PyType_Slot* slots;
};

using Py_tracefunc = int (*)(PyObject* self, PyObject* frame, int what, PyObject* argument);

void Py_IncRef(PyObject*);
void Py_DecRef(PyObject*);
PyObject* PyModuleDef_Init(PyModuleDef*);
PyObject* PyType_FromSpec(PyType_Spec*);
PyObject* PyType_GenericAlloc(PyTypeObject*, Py_ssize_t);
void PyObject_Free(void*);
PyObject* PyObject_Call(PyObject*, PyObject* arguments, PyObject* keywords);
PyObject* PyObject_CallFunctionObjArgs(PyObject*, ...);
PyObject* PyObject_GetAttr(PyObject*, PyObject* name);
PyObject* PyObject_GetAttrString(PyObject*, const char* name);
int PyObject_HasAttrString(PyObject*, const char* name);
int PyObject_IsTrue(PyObject*);
PyObject* PyObject_Repr(PyObject*);
PyObject* PyObject_Str(PyObject*);
Py_ssize_t PyObject_Hash(PyObject*);
PyObject* PyObject_RichCompare(PyObject*, PyObject*, int operation);
PyObject* PyBool_FromLong(long);
PyObject* PyLong_FromLong(long);
PyObject* PyTuple_GetItem(PyObject*, Py_ssize_t);
int PyArg_ParseTuple(PyObject* arguments, const char* format, ...);
PyObject* PyUnicode_FromFormat(const char* format, ...);
int PyUnicode_CompareWithASCIIString(PyObject*, const char*);
PyObject* PyCFunction_NewEx(PyMethodDef*, PyObject* self, PyObject* module);
PyObject* PyUnicode_AsEncodedString(PyObject*, const char* encoding, const char* errors);
char* PyBytes_AsString(PyObject*);
Py_ssize_t PyBytes_Size(PyObject*);
long PyLong_AsLong(PyObject*);
PyThreadState* PyThreadState_Get(void);
void PyErr_Fetch(PyObject** type, PyObject** value, PyObject** traceback);
void PyErr_Restore(PyObject* type, PyObject* value, PyObject* traceback);
void PyErr_NormalizeException(PyObject** type, PyObject** value, PyObject** traceback);
void PyErr_SetObject(PyObject* type, PyObject* value);
void PyErr_Clear(void);
PyObject* PyErr_Occurred(void);

[[gnu::weak]] int Py_IsFinalizing(void);                   // 3.13
[[gnu::weak]] int _Py_IsFinalizing(void);                  // before
[[gnu::weak]] PyObject* PyFrame_GetCode(PyObject* frame);  // 3.9
[[gnu::weak]] int PyFrame_GetLineNumber(PyObject* frame);
[[gnu::weak]] void PyEval_SetTrace(Py_tracefunc, PyObject*);
[[gnu::weak]] void PyThreadState_EnterTracing(PyThreadState*);  // 3.11
[[gnu::weak]] void PyThreadState_LeaveTracing(PyThreadState*);
[[gnu::weak]] int PySys_AddAuditHook(int (*hook)(const char*, PyObject*, void*), void*);

extern PyObject _Py_NoneStruct;
}

namespace exitproof::python {

inline constexpr int tp_call = 50;
inline constexpr int tp_dealloc = 52;
inline constexpr int tp_descr_get = 54;
inline constexpr int tp_getattro = 58;
inline constexpr int tp_hash = 59;
inline constexpr int tp_repr = 66;
inline constexpr int tp_richcompare = 67;
inline constexpr int tp_str = 70;
inline constexpr int mod_exec = 2;
inline constexpr unsigned default_type_flags = 1U << 18;
inline constexpr int with_arguments = 1;
inline constexpr int without_arguments = 4;
inline constexpr int with_one_argument = 8;
inline constexpr int compare_equal = 2;
inline constexpr int compare_unequal = 3;
inline constexpr int event_call = 0;
inline constexpr int event_line = 2;

inline PyObject* none() {
  Py_IncRef(&_Py_NoneStruct);
  return &_Py_NoneStruct;
}

inline PyObject* new_reference(PyObject* object) {
  Py_IncRef(object);
  return object;
}

inline PyObject* type_of(PyObject* object) {
  return reinterpret_cast<PyObject*>(object->type);
}

/// A reference that is given back at the end of its scope; null is allowed.
class Ref {
 public:
  explicit Ref(PyObject* owned = nullptr) : object_(owned) {}
  ~Ref() { Py_DecRef(object_); }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  PyObject* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject* object_;
};

/// Set before the first Untraced is made.
inline bool is_before_3_11 = false;

/// While one lives, no trace or profile function of the program hears of what the calling thread does: it would see the
/// agent's own code, and coverage.py would report on it.
class Untraced {
 public:
  Untraced() : thread_(PyThreadState_Get()) {
    if (PyThreadState_EnterTracing != nullptr) {
      PyThreadState_EnterTracing(thread_);
    } else if (is_before_3_11) {
      ++tracing();
    }
  }
  ~Untraced() {
    if (PyThreadState_LeaveTracing != nullptr) {
      PyThreadState_LeaveTracing(thread_);
    } else if (is_before_3_11) {
      --tracing();
    }
  }
  Untraced(const Untraced&) = delete;
  Untraced& operator=(const Untraced&) = delete;

 private:
  // Before 3.11 there was no function for it. The field lies there in 3.8, 3.9 and 3.10.
  int& tracing() {
    constexpr size_t offset = 44;
    return *reinterpret_cast<int*>(reinterpret_cast<char*>(thread_) + offset);
  }
  PyThreadState* thread_;
};

}  // namespace exitproof::python
