/* What source.py looks for in a page's bytes before they are parsed, in C. source.py is the reference, compiled.py says which of the
 * two runs; tests/normalize/test_compiled_source.py holds them equal. docs/decisions/0104. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define EDITION 1 /* compiled.py takes no other */
#define STRIDE 64 /* bytes looked at together */

static int all_ascii(const unsigned char *bytes) {
    unsigned char any = 0;
    for (int at = 0; at < STRIDE; at++)
        any |= bytes[at];
    return any < 0x80;
}

static int follows(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/* How many bytes the character at `at` takes, `left` are there; 0 where it is none. As Python: neither longer than need be, nor half
 * a surrogate pair, nor above U+10FFFF. */
static Py_ssize_t width_of(const unsigned char *at, Py_ssize_t left) {
    const unsigned char first = at[0];
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4 || left < 2)
        return 0;
    if (first < 0xE0)
        return follows(at[1]) ? 2 : 0;
    const unsigned char lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80, highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < lowest || at[1] > highest || left < 3 || !follows(at[2]))
        return 0;
    if (first < 0xF0)
        return 3;
    return left >= 4 && follows(at[3]) ? 4 : 0;
}

static int is_valid(const unsigned char *bytes, Py_ssize_t length) {
    for (Py_ssize_t at = 0; at < length;) {
        if (bytes[at] < 0x80 && at + STRIDE <= length && all_ascii(bytes + at)) {
            at += STRIDE;
            continue;
        }
        for (const Py_ssize_t end = Py_MIN(length, at + STRIDE); at < end;) {
            const Py_ssize_t width = width_of(bytes + at, length - at);
            if (width == 0)
                return 0;
            at += width;
        }
    }
    return 1;
}

PyDoc_STRVAR(is_utf8_doc, "is_utf8(page) -> bool\n\nAs source.is_utf8.");

static PyObject *is_utf8(PyObject *module, PyObject *page) {
    (void)module;
    if (!PyBytes_Check(page))
        return PyErr_Format(PyExc_TypeError, "a page is bytes");
    return PyBool_FromLong(is_valid((const unsigned char *)PyBytes_AS_STRING(page), PyBytes_GET_SIZE(page)));
}

PyDoc_STRVAR(count_controls_doc, "count_controls(text) -> int\n\nAs source.count_controls.");

static PyObject *count_controls(PyObject *module, PyObject *text) {
    Py_ssize_t count = 0;
    (void)module;
    if (!PyBytes_Check(text))
        return PyErr_Format(PyExc_TypeError, "a text is bytes");
    const unsigned char *bytes = (const unsigned char *)PyBytes_AS_STRING(text);
    for (Py_ssize_t at = 0; at < PyBytes_GET_SIZE(text); at++)
        count += (bytes[at] < 9) | ((bytes[at] > 13) & (bytes[at] < 32)) | (bytes[at] == 127);
    return PyLong_FromSsize_t(count);
}

static PyMethodDef METHODS[] = {
    {"is_utf8", is_utf8, METH_O, is_utf8_doc},
    {"count_controls", count_controls, METH_O, count_controls_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_source",
    .m_doc = "What is looked for in a page's bytes, compiled; source.py is the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__source(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
