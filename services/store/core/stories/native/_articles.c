/* The articles of an index by row, in C and in few bytes: articles.py is the reference, arithmetic.py says which of the two runs,
 * tests/store/core/test_articles_by_row.py holds them equal. docs/decisions/0128. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define EDITION 1   /* arithmetic.py takes no other */
#define CHUNK ((size_t)1 << 18)
#define FREE 0u     /* no row in this place of the table, and none had to pass over it */
#define LEFT UINT32_MAX /* whose article has gone */
#define MOST_ROWS ((uint32_t)1 << 28)
#define LONGEST ((Py_ssize_t)1 << 28)

/* What is kept of a row lies in a chunk: its name, then its vector. */
typedef struct {
    char *at; /* NULL: the article has gone */
    uint32_t hash, name_size, vector_size;
} Row;

typedef struct {
    char *at;
    size_t size;
} Chunk;

/* Chunks come from where Python's own arenas do, so that they go back to the system when the index goes. */
typedef struct {
    PyObject_HEAD
    Row *rows;
    Chunk *chunks;
    uint32_t *places; /* a row plus one, by its name's hash; open addressing */
    uint32_t count, room, size, taken, here, chunk_count, chunk_room;
    size_t filled; /* of the last chunk */
} Articles;

static void articles_dealloc(Articles *self) {
    PyObjectArenaAllocator system;
    PyObject_GetArenaAllocator(&system);
    for (uint32_t at = 0; at < self->chunk_count; at++)
        system.free(system.ctx, self->chunks[at].at, self->chunks[at].size);
    PyMem_Free(self->chunks);
    PyMem_Free(self->rows);
    PyMem_Free(self->places);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

/* ---- room ---- */

static int make_row(Articles *self) {
    if (self->count < self->room)
        return 0;
    const uint64_t room = (uint64_t)self->room + self->room / 4 + 16;
    Row *rows = room < MOST_ROWS ? PyMem_Realloc(self->rows, (size_t)room * sizeof *rows) : NULL;
    if (rows == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->rows = rows;
    self->room = (uint32_t)room;
    return 0;
}

static int make_chunk(Articles *self, size_t size) {
    PyObjectArenaAllocator system;
    PyObject_GetArenaAllocator(&system);
    if (self->chunk_count == self->chunk_room) {
        const uint32_t room = self->chunk_room + self->chunk_room / 2 + 4;
        Chunk *chunks = PyMem_Realloc(self->chunks, (size_t)room * sizeof *chunks);
        if (chunks == NULL)
            return -1;
        self->chunks = chunks;
        self->chunk_room = room;
    }
    char *at = system.alloc(system.ctx, size);
    if (at == NULL)
        return -1;
    self->chunks[self->chunk_count++] = (Chunk){at, size};
    self->filled = 0;
    return 0;
}

static char *make_space(Articles *self, size_t size) {
    const size_t left = self->chunk_count ? self->chunks[self->chunk_count - 1].size - self->filled : 0;
    if (size > left && make_chunk(self, size > CHUNK ? size : CHUNK) < 0) {
        PyErr_NoMemory();
        return NULL;
    }
    char *at = self->chunks[self->chunk_count - 1].at + self->filled;
    self->filled += size;
    return at;
}

/* ---- the table of names ---- */

static void place_row(uint32_t *places, uint32_t size, uint32_t hash, uint32_t row) {
    uint32_t at = (uint32_t)(((uint64_t)hash * size) >> 32);
    while (places[at] != FREE)
        at = at + 1 == size ? 0 : at + 1;
    places[at] = row + 1;
}

static int make_place(Articles *self) {
    if ((uint64_t)self->taken * 5 + 5 <= (uint64_t)self->size * 4)
        return 0;
    const uint64_t size = (uint64_t)self->here + self->here / 2 + 16; /* places that were left are won back */
    uint32_t *places = PyMem_Calloc((size_t)size, sizeof *places);
    if (places == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (uint32_t row = 0; row < self->count; row++)
        if (self->rows[row].at != NULL)
            place_row(places, (uint32_t)size, self->rows[row].hash, row);
    PyMem_Free(self->places);
    self->places = places;
    self->size = (uint32_t)size;
    self->taken = self->here;
    return 0;
}

typedef struct {
    const char *text;
    Py_ssize_t size;
    uint32_t hash;
} Name;

static int read_name(PyObject *object, Name *name) {
    if (!PyUnicode_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "an article's name is a string");
        return -1;
    }
    const Py_hash_t hash = PyObject_Hash(object);
    if ((name->text = PyUnicode_AsUTF8AndSize(object, &name->size)) == NULL)
        return -1;
    name->hash = (uint32_t)((uint64_t)hash ^ ((uint64_t)hash >> 32));
    return 0;
}

/* The place of a name in the table; NULL where it is not there. */
static uint32_t *find(const Articles *self, const Name *name) {
    if (self->size == 0)
        return NULL;
    uint32_t at = (uint32_t)(((uint64_t)name->hash * self->size) >> 32);
    for (; self->places[at] != FREE; at = at + 1 == self->size ? 0 : at + 1) {
        if (self->places[at] == LEFT)
            continue;
        const Row *row = &self->rows[self->places[at] - 1];
        if (row->hash == name->hash && row->name_size == name->size && memcmp(row->at, name->text, (size_t)name->size) == 0)
            return &self->places[at];
    }
    return NULL;
}

/* ---- what Python asks for ---- */

PyDoc_STRVAR(add_doc, "add(name, vector) -> row\n\nKeep an article that is not here; its row was never used.");

static PyObject *articles_add(Articles *self, PyObject *args) {
    PyObject *object, *vector;
    Name name;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyBytes_Type, &vector) || read_name(object, &name) < 0)
        return NULL;
    const Py_ssize_t size = PyBytes_GET_SIZE(vector);
    if (find(self, &name) != NULL)
        return PyErr_Format(PyExc_ValueError, "article %R is here already", object);
    if (name.size > LONGEST || size > LONGEST)
        return PyErr_Format(PyExc_ValueError, "a name or a vector of more than %zd bytes", LONGEST);
    if (make_row(self) < 0 || make_place(self) < 0)
        return NULL;
    char *at = make_space(self, (size_t)(name.size + size) + 1); /* one more, so that nothing has no address */
    if (at == NULL)
        return NULL;
    memcpy(at, name.text, (size_t)name.size);
    memcpy(at + name.size, PyBytes_AS_STRING(vector), (size_t)size);
    self->rows[self->count] = (Row){at, name.hash, (uint32_t)name.size, (uint32_t)size};
    place_row(self->places, self->size, name.hash, self->count);
    self->taken++;
    self->here++;
    return PyLong_FromUnsignedLong(self->count++);
}

PyDoc_STRVAR(row_doc, "row(name) -> int or None\n\nThe row of an article, None where it is not here.");

static PyObject *articles_row(Articles *self, PyObject *object) {
    Name name;
    if (read_name(object, &name) < 0)
        return NULL;
    const uint32_t *place = find(self, &name);
    if (place == NULL)
        Py_RETURN_NONE;
    return PyLong_FromUnsignedLong(*place - 1);
}

PyDoc_STRVAR(remove_doc, "remove(name) -> int or None\n\nForget an article; the row it had, None where it is not here.");

static PyObject *articles_remove(Articles *self, PyObject *object) {
    Name name;
    if (read_name(object, &name) < 0)
        return NULL;
    uint32_t *place = find(self, &name);
    if (place == NULL)
        Py_RETURN_NONE;
    const uint32_t row = *place - 1;
    *place = LEFT;
    self->rows[row].at = NULL;
    self->here--;
    return PyLong_FromUnsignedLong(row);
}

static const Row *row_at(const Articles *self, PyObject *object) {
    const Py_ssize_t row = PyNumber_AsSsize_t(object, PyExc_IndexError);
    if (row == -1 && PyErr_Occurred())
        return NULL;
    if (row < 0 || row >= (Py_ssize_t)self->count || self->rows[row].at == NULL) {
        PyErr_Format(PyExc_IndexError, "no article in row %zd", row);
        return NULL;
    }
    return &self->rows[row];
}

PyDoc_STRVAR(name_doc, "name(row) -> str\n\nRaises IndexError where no article is in the row.");

static PyObject *articles_name(Articles *self, PyObject *object) {
    const Row *row = row_at(self, object);
    return row == NULL ? NULL : PyUnicode_FromStringAndSize(row->at, row->name_size);
}

PyDoc_STRVAR(vector_doc, "vector(row) -> bytes\n\nRaises IndexError where no article is in the row.");

static PyObject *articles_vector(Articles *self, PyObject *object) {
    const Row *row = row_at(self, object);
    return row == NULL ? NULL : PyBytes_FromStringAndSize(row->at + row->name_size, row->vector_size);
}

PyDoc_STRVAR(names_doc, "names() -> list of str\n\nThe names of all articles that are here, by row.");

static PyObject *articles_names(Articles *self, PyObject *nothing) {
    (void)nothing;
    PyObject *names = PyList_New(0);
    for (uint32_t at = 0; names != NULL && at < self->count; at++) {
        const Row *row = &self->rows[at];
        if (row->at == NULL)
            continue;
        PyObject *name = PyUnicode_FromStringAndSize(row->at, row->name_size);
        if (name == NULL || PyList_Append(names, name) < 0)
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

static Py_ssize_t articles_length(Articles *self) {
    return self->here;
}

static PyMethodDef METHODS[] = {
    {"add", (PyCFunction)articles_add, METH_VARARGS, add_doc},
    {"row", (PyCFunction)articles_row, METH_O, row_doc},
    {"remove", (PyCFunction)articles_remove, METH_O, remove_doc},
    {"name", (PyCFunction)articles_name, METH_O, name_doc},
    {"vector", (PyCFunction)articles_vector, METH_O, vector_doc},
    {"names", (PyCFunction)articles_names, METH_NOARGS, names_doc},
    {NULL, NULL, 0, NULL},
};

static PySequenceMethods AS_SEQUENCE = {.sq_length = (lenfunc)articles_length};

static PyTypeObject ARTICLES = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_articles.Articles",
    .tp_doc = "As Articles of articles.py.",
    .tp_basicsize = sizeof(Articles),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_dealloc = (destructor)articles_dealloc,
    .tp_methods = METHODS,
    .tp_as_sequence = &AS_SEQUENCE,
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_articles",
    .m_doc = "The articles of an index by row, compiled; articles.py is the reference.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit__articles(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && (PyModule_AddType(module, &ARTICLES) < 0 || PyModule_AddIntConstant(module, "EDITION", EDITION) < 0))
        Py_CLEAR(module);
    return module;
}
