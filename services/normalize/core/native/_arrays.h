/* Arrays of 64 bit numbers as Python hands them over and is given them: room for rows, the check of places, what is said of odd
 * ones. */
#ifndef ARRAYS_H
#define ARRAYS_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

#define NUMBER ((Py_ssize_t)sizeof(int64_t)) /* bytes; a double has as many */

/* Each sets the error and gives -1. */
static inline int odd_array(void) {
    PyErr_SetString(PyExc_ValueError, "an array is of another type or length");
    return -1;
}

static inline int odd_place(void) {
    PyErr_SetString(PyExc_ValueError, "a number is no place on the page");
    return -1;
}

static inline int all_within(const int64_t *places, Py_ssize_t count, int64_t end) {
    for (Py_ssize_t at = 0; at < count; at++)
        if (places[at] < 0 || places[at] >= end)
            return 0;
    return 1;
}

/* A bytearray for rows of so many numbers, whatever stands in it; NULL with an error set. */
static inline PyObject *room_for(Py_ssize_t rows, Py_ssize_t count) {
    if (count > PY_SSIZE_T_MAX / (rows * NUMBER))
        return PyErr_NoMemory();
    return PyByteArray_FromStringAndSize(NULL, rows * count * NUMBER);
}

static inline int64_t *numbers_of(PyObject *room) { return (int64_t *)PyByteArray_AS_STRING(room); }

/* The same, of noughts. */
static inline PyObject *noughts(Py_ssize_t rows, Py_ssize_t count) {
    PyObject *room = room_for(rows, count);
    if (room != NULL)
        memset(numbers_of(room), 0, (size_t)PyByteArray_GET_SIZE(room));
    return room;
}

static inline void release_arrays(Py_buffer *given, size_t count) {
    for (size_t at = 0; at < count; at++)
        PyBuffer_Release(&given[at]);
}

#endif
