/* Where the objects of a class with __slots__ keep what they hold, so that it is read and written without a look-up of its name. */
#ifndef SLOTS_H
#define SLOTS_H

#include <Python.h>
#include <structmember.h>

/* The slots of these names; -1 with an ImportError set where the class has no such slot. The class keeps them. */
static int find_slots(PyTypeObject *type, const char *const *names, int count, PyMemberDef **slots) {
    for (int at = 0; at < count; at++) {
        PyObject *found = PyObject_GetAttrString((PyObject *)type, names[at]);
        const int is_slot = found != NULL && Py_TYPE(found) == &PyMemberDescr_Type;
        if (is_slot)
            slots[at] = ((PyMemberDescrObject *)found)->d_member;
        Py_XDECREF(found);
        if (!is_slot || slots[at]->type != T_OBJECT_EX) {
            PyErr_Format(PyExc_ImportError, "%s.%s is no slot", type->tp_name, names[at]);
            return -1;
        }
    }
    return 0;
}

/* What stands in the slot of an object of that class, borrowed; NULL where it is empty. */
static inline PyObject *held(PyObject *object, const PyMemberDef *slot) { return *(PyObject **)((char *)object + slot->offset); }

#endif
