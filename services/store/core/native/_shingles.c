/* Words and shingles of a folded text in C: shingles.py is the reference and says which of the two runs,
 * tests/store/core/test_compiled_shingles.py holds them equal. docs/decisions/0127. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define EDITION 1             /* shingles.py takes no other */
#define SHINGLE 5             /* words; SHINGLE of shingles.py */
#define LOW_CRC (1u << 29)    /* LOW_CRC of shingles.py: the lowest eighth */
#define POLYNOMIAL 0xEDB88320u
#define SLICES 8

/* ---- CRC-32 as zlib's, eight bytes at a time ---- */

static uint32_t slices[SLICES][256];

static void fill_slices(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
        slices[0][byte] = crc;
    }
    for (int slice = 1; slice < SLICES; slice++)
        for (int byte = 0; byte < 256; byte++)
            slices[slice][byte] = (slices[slice - 1][byte] >> 8) ^ slices[0][slices[slice - 1][byte] & 0xFF];
}

static uint32_t four_bytes(const unsigned char *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t crc_of(const unsigned char *at, size_t length) {
    uint32_t crc = 0xFFFFFFFFu;
    for (; length >= SLICES; at += SLICES, length -= SLICES) {
        const uint32_t one = crc ^ four_bytes(at), other = four_bytes(at + 4);
        crc = slices[7][one & 0xFF] ^ slices[6][one >> 8 & 0xFF] ^ slices[5][one >> 16 & 0xFF] ^ slices[4][one >> 24] ^
              slices[3][other & 0xFF] ^ slices[2][other >> 8 & 0xFF] ^ slices[1][other >> 16 & 0xFF] ^ slices[0][other >> 24];
    }
    for (; length > 0; at++, length--)
        crc = (crc >> 8) ^ slices[0][(crc ^ *at) & 0xFF];
    return ~crc;
}

/* ---- words as `[^\W_]+` finds them, in UTF-8, a blank between two ---- */

static unsigned char is_ascii_word[128];

static void fill_ascii(void) {
    for (Py_UCS4 character = 0; character < 128; character++)
        is_ascii_word[character] = Py_UNICODE_ISALNUM(character) != 0;
}

static inline int is_of_word(Py_UCS4 character) {
    return character < 128 ? is_ascii_word[character] : Py_UNICODE_ISALNUM(character);
}

/* Halves of surrogate pairs too, as Python's `surrogatepass` writes them. */
static inline unsigned char *put_utf8(unsigned char *out, Py_UCS4 character) {
    if (character < 0x80) {
        *out++ = (unsigned char)character;
        return out;
    }
    if (character < 0x800) {
        *out++ = (unsigned char)(0xC0 | character >> 6);
    } else {
        if (character < 0x10000) {
            *out++ = (unsigned char)(0xE0 | character >> 12);
        } else {
            *out++ = (unsigned char)(0xF0 | character >> 18);
            *out++ = (unsigned char)(0x80 | (character >> 12 & 0x3F));
        }
        *out++ = (unsigned char)(0x80 | (character >> 6 & 0x3F));
    }
    *out++ = (unsigned char)(0x80 | (character & 0x3F));
    return out;
}

typedef struct {
    unsigned char *whole, *end;           /* the words so far */
    const unsigned char *starts[SHINGLE]; /* of the last words, in a ring */
    Py_ssize_t words;
    PyObject *low; /* the shingles whose CRC is low */
} Reading;

static int end_word(Reading *reading) {
    if (++reading->words < SHINGLE)
        return 0;
    const unsigned char *start = reading->starts[reading->words % SHINGLE];
    const size_t length = (size_t)(reading->end - start);
    if (crc_of(start, length) >= LOW_CRC)
        return 0;
    PyObject *shingle = PyBytes_FromStringAndSize((const char *)start, (Py_ssize_t)length);
    const int failed = shingle == NULL || PyList_Append(reading->low, shingle) < 0;
    Py_XDECREF(shingle);
    return failed ? -1 : 0;
}

static int read_words(Reading *reading, PyObject *folded) {
    const int kind = PyUnicode_KIND(folded);
    const void *data = PyUnicode_DATA(folded);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(folded);
    int is_inside = 0;
    for (Py_ssize_t place = 0; place < length; place++) {
        const Py_UCS4 character = PyUnicode_READ(kind, data, place);
        if (is_of_word(character)) {
            if (!is_inside) {
                if (reading->words > 0)
                    *reading->end++ = ' ';
                reading->starts[reading->words % SHINGLE] = reading->end;
                is_inside = 1;
            }
            reading->end = put_utf8(reading->end, character);
        } else if (is_inside) {
            is_inside = 0;
            if (end_word(reading) < 0)
                return -1;
        }
    }
    return is_inside ? end_word(reading) : 0;
}

PyDoc_STRVAR(shingled_doc, "shingled(folded) -> (whole, words, low)\n\nAs the reference of shingles.py.");

static PyObject *shingled(PyObject *module, PyObject *folded) {
    (void)module;
    if (!PyUnicode_Check(folded)) {
        PyErr_SetString(PyExc_TypeError, "a folded text is a str");
        return NULL;
    }
    /* A blank stands where a character that is no word's stood, so that no text takes more. */
    const Py_ssize_t widest = PyUnicode_IS_ASCII(folded) ? 1 : PyUnicode_KIND(folded) == 1 ? 2 : PyUnicode_KIND(folded) + 1;
    const Py_ssize_t length = PyUnicode_GET_LENGTH(folded);
    if (length > (PY_SSIZE_T_MAX - 1) / 5)
        return PyErr_NoMemory();
    Reading reading = {0};
    PyObject *found = NULL;
    reading.whole = reading.end = PyMem_Malloc((size_t)(length * widest) + 1);
    reading.low = PyList_New(0);
    if (reading.whole == NULL)
        PyErr_NoMemory();
    else if (reading.low != NULL && read_words(&reading, folded) == 0)
        found = Py_BuildValue("y#nO", reading.whole, (Py_ssize_t)(reading.end - reading.whole), reading.words, reading.low);
    PyMem_Free(reading.whole);
    Py_XDECREF(reading.low);
    return found;
}

static PyMethodDef METHODS[] = {
    {"shingled", shingled, METH_O, shingled_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_shingles",
    .m_doc = "Words and shingles of a folded text, compiled; shingles.py is the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__shingles(void) {
    fill_slices();
    fill_ascii();
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
