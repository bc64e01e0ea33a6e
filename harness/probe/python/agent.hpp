#pragma once

#include "harness/probe/python/stable_abi.hpp"

/// The native half of the Python agent. It is native because what it puts between the program and the functions that
/// it watches must leave no frame: not in a traceback, not in sys._getframe(), not in a warning's stacklevel. And a
/// line of the program costs a tenth of what it would cost in Python.

namespace exitproof::python {

/// The type of what stands in for the function of an exit handler: it tells of its runs and looks like the function.
/// Dropped without having run, by the process that registered it and before the interpreter is taken down: the
/// program took the handler back. False with an exception set.
bool make_handler_type();
/// handler(function, "KIND\nNAME\nFILE\nLINE\nown|runtime"): told of as registered.
PyObject* new_handler(PyObject*, PyObject* arguments);
/// unwrap(object): the function that a handler stands for; anything else as it is.
PyObject* unwrap(PyObject*, PyObject* object);
/// withdraw(handler): the program takes it back without dropping it; it is told of no more.
PyObject* withdraw(PyObject*, PyObject* handler);
/// renew(handler, text): what was withdrawn is registered, as another handler.
PyObject* renew(PyObject*, PyObject* arguments);

/// The type of what stands in for a function that the agent watches.
bool make_hook_type();
/// hook(function, before, after): calls before(args, kwargs), whose result, unless None, are the arguments from then
/// on; then the function; then after(result, args, kwargs), with the arguments that the caller gave, whose result is
/// the caller's. Both may be None.
PyObject* new_hook(PyObject*, PyObject* arguments);

/// trace(texts_of, exception_of, sys.gettrace): tells of lines and calls in this thread from now on. texts_of(frame) is
/// None for code that nobody asked about, or the texts for EXITPROOF_LINE and EXITPROOF_CALL as bytes, the line of the
/// definition, and a byte for each line from that one on: 1 where nothing can fail, as at `try:`; 2 for one that is not to
/// be told of; else 0. exception_of(name, idle) makes the exception that is to be raised, None when it cannot come at a
/// line where nothing fails. False: this Python cannot do it.
PyObject* trace(PyObject*, PyObject* arguments);
/// trace_thread(): the same in the calling thread.
PyObject* trace_thread(PyObject*, PyObject*);
/// trace_child(): after a fork, in the child, where nobody has said "enough" yet; unless the program traces itself.
PyObject* trace_child(PyObject*, PyObject*);
/// expect_change(it_comes): the change of the trace function that comes now takes it away: no word about it is needed.
PyObject* expect_change(PyObject*, PyObject* it_comes);

/// A method object of `function` and `object`; null with an exception set.
PyObject* bound_method(PyObject* function, PyObject* object);

/// The exception that is under way has passed frames of the agent: the traceback begins after them.
void drop_own_traceback();

/// The text as bytes for a message; null with an exception set.
PyObject* encoded(PyObject* text);

}  // namespace exitproof::python
