/* Arithmetic of sparse vectors in C: vectors.py and linkage.py are the reference, arithmetic.py says which of the two runs,
 * tests/store/core/test_compiled_vectors.py holds them equal to the last bit. A packed vector is its terms (uint32), then as
 * many weights (float). docs/decisions/0121. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define EDITION 1       /* arithmetic.py takes no other */
#define NOTHING 1e-9    /* NOTHING of vectors.py */
#define SPREAD 2654435769u
#define MOST_TERMS (1 << 26)

/* ---- a packed vector ---- */

typedef struct {
    const char *terms, *weights; /* may lie at any address */
    Py_ssize_t count;
} Packed;

static int read_packed(PyObject *object, Packed *out) {
    if (!PyBytes_Check(object) || PyBytes_GET_SIZE(object) % 8 != 0 || PyBytes_GET_SIZE(object) / 8 > MOST_TERMS) {
        PyErr_SetString(PyExc_ValueError, "a packed vector is bytes, eight for a term");
        return -1;
    }
    out->count = PyBytes_GET_SIZE(object) / 8;
    out->terms = PyBytes_AS_STRING(object);
    out->weights = out->terms + 4 * out->count;
    return 0;
}

static inline uint32_t term_at(const Packed *vector, Py_ssize_t place) {
    uint32_t term;
    memcpy(&term, vector->terms + 4 * place, sizeof term);
    return term;
}

static inline double weight_at(const Packed *vector, Py_ssize_t place) {
    float weight;
    memcpy(&weight, vector->weights + 4 * place, sizeof weight);
    return weight;
}

/* ---- weights by term: open addressing, never more than half full ---- */

typedef struct {
    uint32_t *terms;
    int32_t *places; /* -1: free; else the place of the term's weight */
    double *weights;
    uint32_t mask, shift; /* shift: the highest bits say where to begin */
    int32_t count;
} Table;

static void free_table(Table *table) {
    PyMem_Free(table->terms);
    PyMem_Free(table->places);
    PyMem_Free(table->weights);
    memset(table, 0, sizeof *table);
}

static int make_table(Table *table, Py_ssize_t most) {
    uint32_t bits = 4;
    while (((Py_ssize_t)1 << bits) < 2 * most)
        bits++;
    const size_t size = (size_t)1 << bits;
    table->count = 0;
    table->mask = (uint32_t)(size - 1);
    table->shift = 32 - bits;
    table->terms = PyMem_Malloc(size * sizeof *table->terms);
    table->places = PyMem_Malloc(size * sizeof *table->places);
    table->weights = PyMem_Malloc((size_t)(most + 1) * sizeof *table->weights);
    if (table->terms == NULL || table->places == NULL || table->weights == NULL) {
        free_table(table);
        PyErr_NoMemory();
        return -1;
    }
    memset(table->places, 0xFF, size * sizeof *table->places);
    return 0;
}

static inline uint32_t slot_of(const Table *table, uint32_t term) {
    uint32_t slot = (term * SPREAD) >> table->shift;
    while (table->places[slot] >= 0 && table->terms[slot] != term)
        slot = (slot + 1) & table->mask;
    return slot;
}

/* The weight of a term, which is nothing where it is new. There is room for as many terms as the table was made for. */
static inline double *weight_of(Table *table, uint32_t term) {
    const uint32_t slot = slot_of(table, term);
    if (table->places[slot] < 0) {
        table->terms[slot] = term;
        table->places[slot] = table->count;
        table->weights[table->count++] = 0.0;
    }
    return &table->weights[table->places[slot]];
}

static void fill_from_packed(Table *table, const Packed *vector) {
    for (Py_ssize_t place = 0; place < vector->count; place++)
        *weight_of(table, term_at(vector, place)) = weight_at(vector, place);
}

static int fill_from_dict(Table *table, PyObject *vector) {
    PyObject *key, *value;
    Py_ssize_t at = 0, left = PyDict_GET_SIZE(vector);
    while (left-- > 0 && PyDict_Next(vector, &at, &key, &value)) {
        const unsigned long term = PyLong_Check(key) ? PyLong_AsUnsignedLong(key) : (unsigned long)-1;
        if (PyErr_Occurred() || term > UINT32_MAX || !PyFloat_Check(value)) {
            PyErr_SetString(PyExc_ValueError, "a vector is a float for each term, a number of 32 bits");
            return -1;
        }
        *weight_of(table, (uint32_t)term) = PyFloat_AS_DOUBLE(value);
    }
    return 0;
}

/* In the order of the packed one's terms; a term that the table lacks adds nothing. */
static double dot(const Table *table, const Packed *other) {
    double sum = 0.0;
    for (Py_ssize_t place = 0; place < other->count; place++) {
        const int32_t known = table->places[slot_of(table, term_at(other, place))];
        if (known >= 0)
            sum += weight_at(other, place) * table->weights[known];
    }
    return sum;
}

/* ---- what Python asks for ---- */

PyDoc_STRVAR(dots_doc, "dots(vector, others) -> list of float\n\nThe similarity of a vector, a dict, to each of the packed ones.");

static PyObject *dots(PyObject *module, PyObject *args) {
    PyObject *vector, *others, *found = NULL;
    Table table = {0};
    Packed other;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!", &PyDict_Type, &vector, &PyList_Type, &others) ||
        make_table(&table, PyDict_GET_SIZE(vector)) < 0)
        return NULL;
    if (fill_from_dict(&table, vector) < 0 || (found = PyList_New(PyList_GET_SIZE(others))) == NULL)
        goto done;
    for (Py_ssize_t place = 0; place < PyList_GET_SIZE(found); place++) {
        PyObject *link = read_packed(PyList_GET_ITEM(others, place), &other) < 0 ? NULL : PyFloat_FromDouble(dot(&table, &other));
        if (link == NULL) {
            Py_CLEAR(found);
            break;
        }
        PyList_SET_ITEM(found, place, link);
    }
done:
    free_table(&table);
    return found;
}

static PyObject *empty_matrix(Py_ssize_t size) {
    PyObject *matrix = PyList_New(size);
    for (Py_ssize_t place = 0; matrix != NULL && place < size; place++) {
        PyObject *row = PyList_New(size);
        if (row == NULL)
            Py_CLEAR(matrix);
        else
            PyList_SET_ITEM(matrix, place, row);
    }
    return matrix;
}

/* One place's similarity to those after it, and to itself. */
static int compare_one(PyObject *matrix, PyObject *vectors, Py_ssize_t place) {
    const Py_ssize_t size = PyList_GET_SIZE(matrix);
    Table table = {0};
    Packed one, other;
    if (read_packed(PyList_GET_ITEM(vectors, place), &one) < 0 || make_table(&table, one.count) < 0)
        return -1;
    fill_from_packed(&table, &one);
    for (Py_ssize_t later = place; later < size; later++) {
        PyObject *link = NULL;
        if (read_packed(PyList_GET_ITEM(vectors, later), &other) == 0)
            link = PyFloat_FromDouble(later == place ? 1.0 : dot(&table, &other));
        if (link == NULL) {
            free_table(&table);
            return -1;
        }
        PyList_SET_ITEM(PyList_GET_ITEM(matrix, later), place, link);
        if (later != place)
            PyList_SET_ITEM(PyList_GET_ITEM(matrix, place), later, Py_NewRef(link));
    }
    free_table(&table);
    return 0;
}

PyDoc_STRVAR(similarities_doc, "similarities(vectors) -> list of lists of float\n\nAs linkage.similarities, of packed vectors.");

static PyObject *similarities(PyObject *module, PyObject *vectors) {
    (void)module;
    if (!PyList_Check(vectors)) {
        PyErr_SetString(PyExc_TypeError, "vectors come in a list");
        return NULL;
    }
    PyObject *matrix = empty_matrix(PyList_GET_SIZE(vectors));
    for (Py_ssize_t place = 0; matrix != NULL && place < PyList_GET_SIZE(matrix); place++)
        if (compare_one(matrix, vectors, place) < 0)
            Py_CLEAR(matrix);
    return matrix;
}

PyDoc_STRVAR(added_doc, "added(total, vector, sign) -> bytes\n\nAs vectors.added, of packed vectors.");

static PyObject *packed_from(const uint32_t *terms, const double *weights, Py_ssize_t count) {
    Py_ssize_t kept = 0, place = 0;
    for (Py_ssize_t at = 0; at < count; at++)
        kept += fabs(weights[at]) > NOTHING;
    PyObject *found = PyBytes_FromStringAndSize(NULL, 8 * kept);
    if (found == NULL)
        return NULL;
    char *out = PyBytes_AS_STRING(found);
    for (Py_ssize_t at = 0; at < count; at++) {
        if (fabs(weights[at]) > NOTHING) {
            const float weight = (float)weights[at];
            memcpy(out + 4 * place, &terms[at], sizeof terms[at]);
            memcpy(out + 4 * (kept + place++), &weight, sizeof weight);
        }
    }
    return found;
}

static PyObject *added(PyObject *module, PyObject *args) {
    PyObject *of_total, *of_vector, *found = NULL;
    uint32_t *terms = NULL;
    double sign;
    Packed total, vector;
    Table table = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!d", &PyBytes_Type, &of_total, &PyBytes_Type, &of_vector, &sign) ||
        read_packed(of_total, &total) < 0 || read_packed(of_vector, &vector) < 0 ||
        make_table(&table, total.count + vector.count) < 0)
        return NULL;
    if ((terms = PyMem_Malloc((size_t)(total.count + vector.count + 1) * sizeof *terms)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    fill_from_packed(&table, &total);
    for (Py_ssize_t place = 0; place < vector.count; place++)
        *weight_of(&table, term_at(&vector, place)) += sign * weight_at(&vector, place);
    for (uint32_t slot = 0; slot <= table.mask; slot++)
        if (table.places[slot] >= 0)
            terms[table.places[slot]] = table.terms[slot];
    found = packed_from(terms, table.weights, table.count);
done:
    PyMem_Free(terms);
    free_table(&table);
    return found;
}

static PyMethodDef METHODS[] = {
    {"dots", dots, METH_VARARGS, dots_doc},
    {"similarities", similarities, METH_O, similarities_doc},
    {"added", added, METH_VARARGS, added_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_sparse",
    .m_doc = "Arithmetic of sparse vectors, compiled; vectors.py and linkage.py are the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__sparse(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
