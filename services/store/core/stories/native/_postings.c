/* Who has a term, and how many have it, in C and in few bytes: postings.py and term_counts.py are the reference, arithmetic.py
 * says which of the two runs, tests/store/core/test_compiled_postings.py holds them equal. docs/decisions/0128. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define EDITION 1       /* arithmetic.py takes no other */
#define SPREAD 2654435769u
#define WEIGHT_BITS 6   /* WEIGHT_BITS of postings.py */
#define MOST_WEIGHT ((1u << WEIGHT_BITS) - 1)
#define MOST_ROWS ((Py_ssize_t)1 << (32 - WEIGHT_BITS))
#define MOST_NEAREST 1024

/* ---- numbers by term: open addressing, between half and four fifths full, eight bytes a place ---- */

typedef struct {
    uint32_t term, number; /* number 0: the place is free */
} Place;

typedef struct {
    Place *places;
    uint32_t size, used;
} Table;

static inline Place *place_of(const Table *table, uint32_t term) {
    uint32_t at = (uint32_t)(((uint64_t)(term * SPREAD) * table->size) >> 32);
    while (table->places[at].number != 0 && table->places[at].term != term)
        at = at + 1 == table->size ? 0 : at + 1;
    return &table->places[at];
}

static int make_room(Table *table) {
    if ((uint64_t)table->used * 5 + 5 <= (uint64_t)table->size * 4)
        return 0;
    const uint64_t size = (uint64_t)table->size + table->size / 2 + 16;
    Table larger = {NULL, (uint32_t)size, table->used};
    if (size > UINT32_MAX / 2 || (larger.places = PyMem_Calloc((size_t)size, sizeof *larger.places)) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (uint32_t at = 0; at < table->size; at++)
        if (table->places[at].number != 0)
            *place_of(&larger, table->places[at].term) = table->places[at];
    PyMem_Free(table->places);
    *table = larger;
    return 0;
}

/* The number of a term, to be set at once where it is 0 (`used` counts it already); NULL with an error. */
static uint32_t *number_of(Table *table, uint32_t term) {
    if (make_room(table) < 0)
        return NULL;
    Place *place = place_of(table, term);
    if (place->number == 0) {
        place->term = term;
        table->used++;
    }
    return &place->number;
}

static uint32_t known_number(const Table *table, uint32_t term) {
    return table->size == 0 ? 0 : place_of(table, term)->number;
}

static int term_from(PyObject *key, uint32_t *term) {
    const unsigned long value = PyLong_Check(key) ? PyLong_AsUnsignedLong(key) : (unsigned long)-1;
    if (PyErr_Occurred() || value > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "a term is a number of 32 bits");
        return -1;
    }
    *term = (uint32_t)value;
    return 0;
}

/* ---- postings ---- */

typedef struct {
    uint32_t *entries;
    uint32_t count, room;
} List;

/* A term's number is its only entry (row and weight, which is never 0), or the place of its list, plus one, and no weight. */
typedef struct {
    PyObject_HEAD
    Table terms;
    List *lists;
    uint32_t count, room;
    Py_ssize_t indexed, read, nearest;
} Postings;

static void forget_all(Postings *self) {
    for (uint32_t at = 0; at < self->count; at++)
        PyMem_Free(self->lists[at].entries);
    PyMem_Free(self->lists);
    PyMem_Free(self->terms.places);
}

static void postings_dealloc(Postings *self) {
    forget_all(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *postings_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Py_ssize_t indexed, read, nearest;
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) != 0) {
        PyErr_SetString(PyExc_TypeError, "the bounds of postings are given by place");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "nnn", &indexed, &read, &nearest))
        return NULL;
    if (indexed < 1 || read < 1 || read > INT32_MAX / 4 || nearest < 1 || nearest > MOST_NEAREST) {
        PyErr_Format(PyExc_ValueError, "the bounds of postings are positive, the nearest at most %d", MOST_NEAREST);
        return NULL;
    }
    Postings *self = (Postings *)type->tp_alloc(type, 0);
    if (self != NULL)
        self->indexed = indexed, self->read = read, self->nearest = nearest;
    return (PyObject *)self;
}

static int append(List *list, uint32_t entry) {
    if (list->count == list->room) {
        const uint32_t room = list->room + list->room / 2 + 2;
        uint32_t *entries = PyMem_Realloc(list->entries, (size_t)room * sizeof *entries);
        if (entries == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        list->entries = entries;
        list->room = room;
    }
    list->entries[list->count++] = entry;
    return 0;
}

static List *new_list(Postings *self) {
    if (self->count == self->room) {
        const uint32_t room = self->room + self->room / 2 + 16;
        List *lists = (Py_ssize_t)room < MOST_ROWS ? PyMem_Realloc(self->lists, (size_t)room * sizeof *lists) : NULL;
        if (lists == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        self->lists = lists;
        self->room = room;
    }
    List *list = &self->lists[self->count];
    memset(list, 0, sizeof *list);
    return list;
}

static int add_entry(Postings *self, uint32_t term, uint32_t entry) {
    uint32_t *number = number_of(&self->terms, term);
    if (number == NULL)
        return -1;
    if (*number == 0) {
        *number = entry;
        return 0;
    }
    if ((*number & MOST_WEIGHT) == 0)
        return append(&self->lists[(*number >> WEIGHT_BITS) - 1], entry);
    List *list = new_list(self);
    if (list == NULL || append(list, *number) < 0)
        return -1;
    *number = ++self->count << WEIGHT_BITS;
    return append(list, entry);
}

static uint32_t rough_weight(double weight) {
    const double rough = rint(weight * MOST_WEIGHT);
    return rough >= 1.0 ? (rough <= MOST_WEIGHT ? (uint32_t)rough : MOST_WEIGHT) : 1;
}

PyDoc_STRVAR(add_doc, "add(row, vector)\n\nIndex a row by its vector, a dict, whose heaviest terms come first.");

static PyObject *postings_add(Postings *self, PyObject *args) {
    PyObject *vector, *key, *value;
    Py_ssize_t row, at = 0;
    uint32_t term;
    if (!PyArg_ParseTuple(args, "nO!", &row, &PyDict_Type, &vector))
        return NULL;
    if (row < 0 || row >= MOST_ROWS) {
        PyErr_Format(PyExc_OverflowError, "row %zd: an index has rows 0 to %zd", row, MOST_ROWS - 1);
        return NULL;
    }
    for (Py_ssize_t left = self->indexed; left > 0 && PyDict_Next(vector, &at, &key, &value); left--) {
        if (!PyFloat_Check(value)) {
            PyErr_SetString(PyExc_ValueError, "a vector is a float for each term");
            return NULL;
        }
        const uint32_t entry = (uint32_t)row << WEIGHT_BITS | rough_weight(PyFloat_AS_DOUBLE(value));
        if (term_from(key, &term) < 0 || add_entry(self, term, entry) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

/* ---- the nearest rows: hits by row in the order they are first seen, then the best of them, the first seen first ---- */

typedef struct {
    int32_t *places; /* -1: free; else the place of a hit */
    uint32_t *rows;
    double *sums;
    uint32_t mask, shift;
    int32_t count;
} Hits;

typedef struct {
    const uint32_t *entries;
    uint32_t only;
    Py_ssize_t count;
    double weight;
} Reading;

static void free_hits(Hits *hits) {
    PyMem_Free(hits->places);
    PyMem_Free(hits->rows);
    PyMem_Free(hits->sums);
}

static int make_hits(Hits *hits, Py_ssize_t most) {
    uint32_t bits = 4;
    while (((Py_ssize_t)1 << bits) < 2 * most)
        bits++;
    const size_t size = (size_t)1 << bits;
    hits->mask = (uint32_t)(size - 1);
    hits->shift = 32 - bits;
    hits->places = PyMem_Malloc(size * sizeof *hits->places);
    hits->rows = PyMem_Malloc((size_t)(most + 1) * sizeof *hits->rows);
    hits->sums = PyMem_Malloc((size_t)(most + 1) * sizeof *hits->sums);
    if (hits->places == NULL || hits->rows == NULL || hits->sums == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset(hits->places, 0xFF, size * sizeof *hits->places);
    return 0;
}

static void hit(Hits *hits, uint32_t row, double sum) {
    uint32_t at = (row * SPREAD) >> hits->shift;
    while (hits->places[at] >= 0 && hits->rows[hits->places[at]] != row)
        at = (at + 1) & hits->mask;
    if (hits->places[at] < 0) {
        hits->places[at] = hits->count;
        hits->rows[hits->count] = row;
        hits->sums[hits->count++] = 0.0;
    }
    hits->sums[hits->places[at]] += sum;
}

/* What is read for each of the heaviest terms, the newest entries first to be taken; returns how many, -1 with an error. */
static Py_ssize_t read_terms(const Postings *self, PyObject *vector, Reading *readings, Py_ssize_t *left) {
    PyObject *key, *value;
    Py_ssize_t at = 0, count = 0;
    uint32_t term;
    *left = self->read;
    while (count < self->indexed && *left > 0 && PyDict_Next(vector, &at, &key, &value)) {
        if (!PyFloat_Check(value) || term_from(key, &term) < 0) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "a vector is a float for each term");
            return -1;
        }
        Reading *one = &readings[count++];
        const uint32_t number = known_number(&self->terms, term);
        const int is_list = number != 0 && (number & MOST_WEIGHT) == 0;
        const List *list = is_list ? &self->lists[(number >> WEIGHT_BITS) - 1] : NULL;
        const Py_ssize_t there = is_list ? (Py_ssize_t)list->count : number != 0;
        one->only = number;
        one->weight = PyFloat_AS_DOUBLE(value);
        one->count = there < *left ? there : *left;
        one->entries = is_list ? list->entries + (there - one->count) : NULL;
        *left -= one->count;
    }
    return count;
}

static void gather_hits(Hits *hits, const Reading *readings, Py_ssize_t count) {
    for (Py_ssize_t place = 0; place < count; place++) {
        const Reading *one = &readings[place];
        const uint32_t *entries = one->entries != NULL ? one->entries : &one->only;
        for (Py_ssize_t at = 0; at < one->count; at++)
            hit(hits, entries[at] >> WEIGHT_BITS, one->weight * (entries[at] & MOST_WEIGHT));
    }
}

/* The places of the best hits, best first; of equal ones those that were seen first. */
static Py_ssize_t best_of(const Hits *hits, int32_t *best, Py_ssize_t most) {
    Py_ssize_t count = 0;
    for (int32_t place = 0; place < hits->count; place++) {
        Py_ssize_t at = count;
        if (count == most && !(hits->sums[place] > hits->sums[best[count - 1]]))
            continue;
        if (count < most)
            count++;
        else
            at = count - 1;
        for (; at > 0 && hits->sums[place] > hits->sums[best[at - 1]]; at--)
            best[at] = best[at - 1];
        best[at] = place;
    }
    return count;
}

static PyObject *rows_of(const Hits *hits, Py_ssize_t most) {
    int32_t best[MOST_NEAREST];
    const Py_ssize_t count = best_of(hits, best, most);
    PyObject *rows = PyList_New(count);
    for (Py_ssize_t place = 0; rows != NULL && place < count; place++) {
        PyObject *row = PyLong_FromUnsignedLong(hits->rows[best[place]]);
        if (row == NULL)
            Py_CLEAR(rows);
        else
            PyList_SET_ITEM(rows, place, row);
    }
    return rows;
}

PyDoc_STRVAR(nearest_doc, "nearest(vector) -> (rows, whether postings were left unread)\n\nAs Postings.nearest of postings.py.");

static PyObject *postings_nearest(Postings *self, PyObject *vector) {
    Hits hits = {0};
    PyObject *rows = NULL;
    Py_ssize_t left, count;
    if (!PyDict_Check(vector)) {
        PyErr_SetString(PyExc_TypeError, "a vector is a dict");
        return NULL;
    }
    Reading *readings = PyMem_Malloc((size_t)self->indexed * sizeof *readings);
    if (readings == NULL)
        return PyErr_NoMemory();
    if ((count = read_terms(self, vector, readings, &left)) >= 0 && make_hits(&hits, self->read - left) == 0) {
        gather_hits(&hits, readings, count);
        rows = rows_of(&hits, self->nearest);
    }
    free_hits(&hits);
    PyMem_Free(readings);
    return rows == NULL ? NULL : Py_BuildValue("(NO)", rows, left <= 0 ? Py_True : Py_False);
}

static PyMethodDef POSTINGS_METHODS[] = {
    {"add", (PyCFunction)postings_add, METH_VARARGS, add_doc},
    {"nearest", (PyCFunction)postings_nearest, METH_O, nearest_doc},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject POSTINGS = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_postings.Postings",
    .tp_doc = "Postings(indexed, read, nearest): as Postings of postings.py, with its three bounds.",
    .tp_basicsize = sizeof(Postings),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = postings_new,
    .tp_dealloc = (destructor)postings_dealloc,
    .tp_methods = POSTINGS_METHODS,
};

/* ---- counts ---- */

typedef struct {
    PyObject_HEAD
    Table terms;
} Counts;

static void counts_dealloc(Counts *self) {
    PyMem_Free(self->terms.places);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

PyDoc_STRVAR(count_doc, "count(terms)\n\nCount each key of a dict once.");

static PyObject *counts_count(Counts *self, PyObject *terms) {
    PyObject *key;
    Py_ssize_t at = 0;
    uint32_t term, *number;
    if (!PyDict_Check(terms)) {
        PyErr_SetString(PyExc_TypeError, "terms are a dict");
        return NULL;
    }
    while (PyDict_Next(terms, &at, &key, NULL)) {
        if (term_from(key, &term) < 0 || (number = number_of(&self->terms, term)) == NULL)
            return NULL;
        *number += *number < UINT32_MAX;
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(of_doc, "of(term) -> int\n\nHow often a term was counted.");

static PyObject *counts_of(Counts *self, PyObject *key) {
    uint32_t term;
    return term_from(key, &term) < 0 ? NULL : PyLong_FromUnsignedLong(known_number(&self->terms, term));
}

PyDoc_STRVAR(above_doc, "above(count) -> list of int\n\nThe terms counted more often than that, in any order.");

static PyObject *counts_above(Counts *self, PyObject *least) {
    const unsigned long count = PyLong_AsUnsignedLong(least);
    PyObject *found = PyErr_Occurred() ? NULL : PyList_New(0);
    for (uint32_t at = 0; found != NULL && at < self->terms.size; at++) {
        if (self->terms.places[at].number <= count)
            continue;
        PyObject *term = PyLong_FromUnsignedLong(self->terms.places[at].term);
        if (term == NULL || PyList_Append(found, term) < 0)
            Py_CLEAR(found);
        Py_XDECREF(term);
    }
    return found;
}

static PyMethodDef COUNTS_METHODS[] = {
    {"count", (PyCFunction)counts_count, METH_O, count_doc},
    {"of", (PyCFunction)counts_of, METH_O, of_doc},
    {"above", (PyCFunction)counts_above, METH_O, above_doc},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject COUNTS = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_postings.TermCounts",
    .tp_doc = "As TermCounts of term_counts.py.",
    .tp_basicsize = sizeof(Counts),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_dealloc = (destructor)counts_dealloc,
    .tp_methods = COUNTS_METHODS,
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_postings",
    .m_doc = "Postings and counts by term, compiled; postings.py and term_counts.py are the reference.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit__postings(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && (PyModule_AddType(module, &POSTINGS) < 0 || PyModule_AddType(module, &COUNTS) < 0 ||
                           PyModule_AddIntConstant(module, "EDITION", EDITION) < 0))
        Py_CLEAR(module);
    return module;
}
