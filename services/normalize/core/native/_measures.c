/* What measures.py counts, in C: letters and signs of every block, the names of every element. measures.py is the reference,
 * compiled.py says which of the two runs; tests/normalize/test_compiled_measures.py holds them equal. docs/decisions/0102. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#define EDITION 2 /* compiled.py takes no other */
#define TABLE_SIZE 0x10000
#define HEAD 120 /* characters in which digits, capitals and signs are counted */

/* ---- slots of blocks.py's classes, read without a look-up of their names ---- */

enum { PARENT, INDEX, END, FIRST_BLOCK, END_BLOCK, SHAPE, ARTICLE, HIDDEN, NAMES, TAG, ELEMENT_SLOTS };
static const char *const ELEMENT_SLOT[] = {"parent", "index", "end", "first_block", "end_block", "shape", "article", "hidden", "names", "tag"};
enum { TEXT, ELEMENT, LINK_CHARS, LINKS, BLOCK_SLOTS };
static const char *const BLOCK_SLOT[] = {"text", "element", "link_chars", "links"};

static struct {
    PyTypeObject *element, *block;
    Py_ssize_t element_at[ELEMENT_SLOTS], block_at[BLOCK_SLOTS];
} house;

static int find_slots(PyTypeObject *type, const char *const *names, int count, Py_ssize_t *places) {
    for (int at = 0; at < count; at++) {
        PyObject *slot = PyObject_GetAttrString((PyObject *)type, names[at]);
        const int is_slot = slot != NULL && Py_TYPE(slot) == &PyMemberDescr_Type;
        if (is_slot)
            places[at] = ((PyMemberDescrObject *)slot)->d_member->offset;
        Py_XDECREF(slot);
        if (!is_slot) {
            PyErr_Format(PyExc_ImportError, "%s.%s is no slot", type->tp_name, names[at]);
            return -1;
        }
    }
    return 0;
}

/* What stands in the slot, borrowed; NULL with an error set where the object is of another class or the slot is empty. */
static PyObject *value_at(PyObject *object, PyTypeObject *type, Py_ssize_t place) {
    PyObject *value = type != NULL && Py_IS_TYPE(object, type) ? *(PyObject **)((char *)object + place) : NULL;
    if (value == NULL)
        PyErr_Format(PyExc_TypeError, "%s is no whole block or element", Py_TYPE(object)->tp_name);
    return value;
}

static PyObject *of_element(PyObject *element, int slot) { return value_at(element, house.element, house.element_at[slot]); }
static PyObject *of_block(PyObject *block, int slot) { return value_at(block, house.block, house.block_at[slot]); }

static int number_from(PyObject *value, int64_t *number) {
    if (value == NULL)
        return -1;
    *number = PyLong_AsLongLong(value);
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

/* ---- blocks ---- */

/* The rows of measure_blocks, in the order of measures.BLOCK_ROWS; from DIGITS on and from LOWER on in that of its tables' bits. */
enum { LENGTH, LINKED, LINK_COUNT, PLACE, BLANKS, COMMAS, BREAKS, SENTENCES, WIDE, DIGITS, FIRST_MARK = DIGITS + 5, LAST_MARK, BLOCK_ROWS };
#define COUNTED 5
#define WIDE_BIT 0x80 /* of the table of marks */

/* `width` is known where this is called, so that the compiler makes a loop for each. */
static Py_ALWAYS_INLINE inline void count_letters(int width, const void *letters, Py_ssize_t length, const unsigned char *counts,
                                                  const unsigned char *marks, int64_t *out, Py_ssize_t step) {
    const Py_ssize_t head = Py_MIN(length, HEAD);
    int64_t blanks = 0, commas = 0, breaks = 0, sentences = 0, wide = 0, counted[COUNTED] = {0};
    Py_UCS4 before = 0;
    for (Py_ssize_t at = 0; at < length; at++) {
        const Py_UCS4 letter = PyUnicode_READ(width, letters, at);
        if (letter == ' ') {
            blanks++;
            sentences += before == '.' || before == '?' || before == '!';
        } else if (letter <= ',') { /* few are */
            commas += letter == ',';
            breaks += letter == '\n';
        } else if (width != PyUnicode_1BYTE_KIND && letter < TABLE_SIZE)
            wide += (marks[letter] & WIDE_BIT) != 0;
        before = letter;
    }
    for (Py_ssize_t at = 0; at < head; at++) {
        const Py_UCS4 letter = PyUnicode_READ(width, letters, at);
        const unsigned char kinds = letter < TABLE_SIZE ? counts[letter] : 0;
        for (int kind = 0; kinds >> kind; kind++)
            counted[kind] += kinds >> kind & 1;
    }
    const Py_UCS4 first = length ? PyUnicode_READ(width, letters, 0) : 0;
    out[LENGTH * step] = length;
    out[BLANKS * step] = blanks;
    out[COMMAS * step] = commas;
    out[BREAKS * step] = breaks;
    out[SENTENCES * step] = sentences;
    out[WIDE * step] = wide;
    for (int kind = 0; kind < COUNTED; kind++)
        out[(DIGITS + kind) * step] = counted[kind];
    out[FIRST_MARK * step] = first < TABLE_SIZE ? marks[first] & ~WIDE_BIT : 0;
    out[LAST_MARK * step] = before < TABLE_SIZE ? marks[before] & ~WIDE_BIT : 0;
}

static int measure_block(PyObject *block, const unsigned char *counts, const unsigned char *marks, int64_t *out, Py_ssize_t step) {
    PyObject *text = of_block(block, TEXT), *element = text != NULL ? of_block(block, ELEMENT) : NULL;
    if (element == NULL || number_from(of_element(element, INDEX), &out[PLACE * step]) < 0 ||
        number_from(of_block(block, LINK_CHARS), &out[LINKED * step]) < 0 || number_from(of_block(block, LINKS), &out[LINK_COUNT * step]) < 0)
        return -1;
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a block's text is no str");
        return -1;
    }
    const void *letters = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND)
        count_letters(PyUnicode_1BYTE_KIND, letters, length, counts, marks, out, step);
    else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND)
        count_letters(PyUnicode_2BYTE_KIND, letters, length, counts, marks, out, step);
    else
        count_letters(PyUnicode_4BYTE_KIND, letters, length, counts, marks, out, step);
    return 0;
}

static PyObject *rows_for(Py_ssize_t rows, PyObject *sequence, int64_t **out) {
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence);
    PyObject *buffer;
    if (count > PY_SSIZE_T_MAX / (rows * (Py_ssize_t)sizeof(int64_t)))
        return PyErr_NoMemory();
    buffer = PyByteArray_FromStringAndSize(NULL, rows * count * (Py_ssize_t)sizeof(int64_t));
    if (buffer != NULL)
        *out = (int64_t *)PyByteArray_AS_STRING(buffer);
    return buffer;
}

PyDoc_STRVAR(measure_blocks_doc, "measure_blocks(blocks, counted, marked) -> bytearray of int64, a row after the other\n\n"
                                 "As measures.measure_blocks; the tables hold a byte for each of the first 65,536 characters.");

static PyObject *measure_blocks(PyObject *module, PyObject *args) {
    PyObject *blocks, *fast, *buffer;
    Py_buffer counts = {0}, marks = {0};
    int64_t *out = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "Oy*y*", &blocks, &counts, &marks))
        return NULL;
    fast = PySequence_Fast(blocks, "blocks are a sequence");
    buffer = fast != NULL ? rows_for(BLOCK_ROWS, fast, &out) : NULL;
    if (buffer != NULL && (counts.len != TABLE_SIZE || marks.len != TABLE_SIZE)) {
        PyErr_SetString(PyExc_ValueError, "a table holds 65,536 bytes");
        Py_CLEAR(buffer);
    }
    for (Py_ssize_t at = 0; buffer != NULL && at < PySequence_Fast_GET_SIZE(fast); at++)
        if (measure_block(PySequence_Fast_GET_ITEM(fast, at), counts.buf, marks.buf, out + at, PySequence_Fast_GET_SIZE(fast)) < 0)
            Py_CLEAR(buffer);
    Py_XDECREF(fast);
    PyBuffer_Release(&counts);
    PyBuffer_Release(&marks);
    return buffer;
}

/* ---- class words: class_words.py ---- */

#define ANYWHERE 5       /* shorter words count as whole tokens only */
#define LONGEST_TOKEN 24
#define LONGEST_WORD 31
#define SLOTS 4096       /* several times the words of class_words.py */

typedef struct {
    char letters[LONGEST_WORD + 1];
    unsigned char length;
    int64_t groups;
} Word;

static struct {
    Word whole[SLOTS];               /* by the hash of all letters, open addressing */
    Word beginning[SLOTS];           /* by the hash of the first five */
    unsigned char begins[1 << 11];   /* a bit for each hash of five letters with which a word begins */
    int count;
} words;

/* Of the last letters read, the five of `code` in its lowest 25 bits. */
static uint32_t hash_of_five(uint32_t code) { return (code & 0x1FFFFFF) * 2654435761u >> 18; }

static uint32_t with_letter(uint32_t code, char letter) { return code << 5 | (letter & 31); }

static uint32_t five_letters(const char *at) {
    uint32_t code = 0;
    for (int place = 0; place < ANYWHERE; place++)
        code = with_letter(code, at[place]);
    return hash_of_five(code);
}

static uint32_t hash_of(const char *letters, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t at = 0; at < length; at++)
        hash = (hash ^ (unsigned char)letters[at]) * 16777619u;
    return hash ^ hash >> 15;
}

static void keep_word(Word *table, size_t hashed, const Word *word) {
    uint32_t at = hash_of(word->letters, hashed) % SLOTS;
    while (table[at].length)
        at = (at + 1) % SLOTS;
    table[at] = *word;
}

/* The groups of the word that two pieces make; the second may be empty. */
static int64_t groups_of(const char *first, size_t length, const char *second, size_t more) {
    char whole[LONGEST_WORD];
    if (length + more > LONGEST_WORD)
        return 0;
    memcpy(whole, first, length);
    memcpy(whole + length, second, more);
    for (uint32_t at = hash_of(whole, length + more) % SLOTS; words.whole[at].length; at = (at + 1) % SLOTS)
        if (words.whole[at].length == length + more && memcmp(words.whole[at].letters, whole, length + more) == 0)
            return words.whole[at].groups;
    return 0;
}

static int64_t groups_inside(const char *token, size_t length) {
    int64_t groups = 0;
    uint32_t code = 0;
    length = Py_MIN(length, LONGEST_TOKEN);
    for (size_t place = 0; place < length && place < ANYWHERE - 1; place++)
        code = with_letter(code, token[place]);
    for (size_t start = 0; start + ANYWHERE <= length; start++) {
        const uint32_t five = hash_of_five(code = with_letter(code, token[start + ANYWHERE - 1]));
        if (!(words.begins[five >> 3] >> (five & 7) & 1))
            continue;
        for (uint32_t at = hash_of(token + start, ANYWHERE) % SLOTS; words.beginning[at].length; at = (at + 1) % SLOTS)
            if (words.beginning[at].length <= length - start &&
                memcmp(words.beginning[at].letters, token + start, words.beginning[at].length) == 0)
                groups |= words.beginning[at].groups;
    }
    return groups;
}

static int is_upper(Py_UCS4 letter) { return letter >= 'A' && letter <= 'Z'; }
static int is_lower(Py_UCS4 letter) { return letter >= 'a' && letter <= 'z'; }

/* The end of the token that begins here: TOKEN of class_words.py, `[A-Z]?[a-z]+|[A-Z]+`. */
static Py_ssize_t end_of_token(int width, const void *letters, Py_ssize_t at, Py_ssize_t length) {
    Py_ssize_t end = at + 1;
    if (is_upper(PyUnicode_READ(width, letters, at)) && (end >= length || !is_lower(PyUnicode_READ(width, letters, end)))) {
        while (end < length && is_upper(PyUnicode_READ(width, letters, end)))
            end++;
        return end;
    }
    while (end < length && is_lower(PyUnicode_READ(width, letters, end)))
        end++;
    return end;
}

#define MOST_NAMES 1200 /* characters; node_reading.py keeps 800 at most */

/* The groups of all names of an element, as class_words.group_mask; -1 where they are longer than any it keeps. */
static int64_t groups_of_names(PyObject *names) {
    char token[2][MOST_NAMES];
    size_t size[2] = {0, 0};
    int now = 0;
    int64_t groups = 0;
    const int width = PyUnicode_KIND(names);
    const void *letters = PyUnicode_DATA(names);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(names);
    if (length > MOST_NAMES)
        return -1;
    for (Py_ssize_t at = 0; at < length;) {
        const Py_UCS4 first = PyUnicode_READ(width, letters, at);
        if (!is_upper(first) && !is_lower(first)) {
            at++;
            continue;
        }
        const Py_ssize_t end = end_of_token(width, letters, at, length);
        for (size[now] = 0; at < end; at++)
            token[now][size[now]++] = (char)(PyUnicode_READ(width, letters, at) | 0x20);
        groups |= groups_of(token[now], size[now], "", 0) | groups_inside(token[now], size[now]);
        if (size[!now])
            groups |= groups_of(token[!now], size[!now], token[now], size[now]);
        now = !now;
    }
    return groups;
}

static int holds_article_body(PyObject *names) {
    static const char word[] = "articlebody";
    const int width = PyUnicode_KIND(names);
    const void *letters = PyUnicode_DATA(names);
    for (Py_ssize_t at = 0; at + 11 <= PyUnicode_GET_LENGTH(names); at++) {
        Py_ssize_t same = 0;
        while (same < 11 && PyUnicode_READ(width, letters, at + same) < 0x80 &&
               (PyUnicode_READ(width, letters, at + same) | 0x20) == (Py_UCS4)word[same])
            same++;
        if (same == 11)
            return 1;
    }
    return 0;
}

PyDoc_STRVAR(bind_doc, "bind(words, Element, PageBlock)\n\nKeep the words of classes with the groups (bits) of each, and the house's\n"
                       "classes. Raises ImportError for what it cannot hold.");

static PyObject *bind(PyObject *module, PyObject *args) {
    PyObject *table, *name, *groups;
    PyTypeObject *element, *block;
    Py_ssize_t at = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyDict_Type, &table, &PyType_Type, &element, &PyType_Type, &block) ||
        find_slots(element, ELEMENT_SLOT, ELEMENT_SLOTS, house.element_at) < 0 ||
        find_slots(block, BLOCK_SLOT, BLOCK_SLOTS, house.block_at) < 0)
        return NULL;
    Py_XSETREF(house.element, (PyTypeObject *)Py_NewRef(element));
    Py_XSETREF(house.block, (PyTypeObject *)Py_NewRef(block));
    memset(&words, 0, sizeof words);
    while (PyDict_Next(table, &at, &name, &groups)) {
        Word word = {{0}, 0, PyLong_AsLongLong(groups)};
        Py_ssize_t length = 0;
        const char *letters = PyUnicode_AsUTF8AndSize(name, &length);
        if (letters == NULL || (word.groups == -1 && PyErr_Occurred()))
            return NULL;
        if (length < 1 || length > LONGEST_WORD || ++words.count > SLOTS / 2)
            return PyErr_Format(PyExc_ImportError, "%U is no word for the table", name);
        memcpy(word.letters, letters, (size_t)length);
        word.length = (unsigned char)length;
        keep_word(words.whole, (size_t)length, &word);
        if (length >= ANYWHERE) {
            const uint32_t five = five_letters(letters);
            words.begins[five >> 3] |= (unsigned char)(1 << (five & 7));
            keep_word(words.beginning, ANYWHERE, &word);
        }
    }
    Py_RETURN_NONE;
}

/* ---- elements ---- */

enum { E_PARENT, E_END, E_FIRST, E_LAST, E_SHAPE, E_ARTICLE, E_HIDDEN, E_FLAGS, ELEMENT_ROWS }; /* measures.ELEMENT_ROWS */

static int flags_of(PyObject *element, PyObject *bits_of_tag, int64_t article_body, int64_t *flags) {
    PyObject *names = of_element(element, NAMES), *tag = names != NULL ? of_element(element, TAG) : NULL, *bit;
    if (tag == NULL)
        return -1;
    *flags = PyUnicode_Check(names) ? groups_of_names(names) : -1;
    if (*flags < 0) {
        PyErr_SetString(PyExc_ValueError, "an element's names are too long");
        return -1;
    }
    if (holds_article_body(names))
        *flags |= article_body;
    if ((bit = PyDict_GetItemWithError(bits_of_tag, tag)) != NULL)
        *flags |= PyLong_AsLongLong(bit);
    return PyErr_Occurred() ? -1 : 0;
}

static int measure_element(PyObject *element, PyObject *bits_of_tag, int64_t article_body, int64_t *out, Py_ssize_t step) {
    static const struct {
        int row, slot;
    } NUMBERS[] = {{E_END, END},     {E_FIRST, FIRST_BLOCK}, {E_LAST, END_BLOCK},
                   {E_SHAPE, SHAPE}, {E_ARTICLE, ARTICLE},   {E_HIDDEN, HIDDEN}};
    PyObject *parent = of_element(element, PARENT);
    if (parent == NULL)
        return -1;
    out[E_PARENT * step] = 0; /* the root is its own */
    if (parent != Py_None && number_from(of_element(parent, INDEX), &out[E_PARENT * step]) < 0)
        return -1;
    for (size_t at = 0; at < sizeof NUMBERS / sizeof *NUMBERS; at++)
        if (number_from(of_element(element, NUMBERS[at].slot), &out[NUMBERS[at].row * step]) < 0)
            return -1;
    return flags_of(element, bits_of_tag, article_body, &out[E_FLAGS * step]);
}

PyDoc_STRVAR(measure_elements_doc, "measure_elements(elements, bits_of_tag, article_body) -> bytearray of int64, a row after the other\n\n"
                                   "As measures.measure_elements.");

static PyObject *measure_elements(PyObject *module, PyObject *args) {
    PyObject *elements, *bits_of_tag, *fast, *buffer;
    long long article_body;
    int64_t *out = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO!L", &elements, &PyDict_Type, &bits_of_tag, &article_body))
        return NULL;
    if ((fast = PySequence_Fast(elements, "elements are a sequence")) == NULL)
        return NULL;
    buffer = rows_for(ELEMENT_ROWS, fast, &out);
    for (Py_ssize_t at = 0; buffer != NULL && at < PySequence_Fast_GET_SIZE(fast); at++)
        if (measure_element(PySequence_Fast_GET_ITEM(fast, at), bits_of_tag, article_body, out + at, PySequence_Fast_GET_SIZE(fast)) < 0)
            Py_CLEAR(buffer);
    Py_DECREF(fast);
    return buffer;
}

PyDoc_STRVAR(from_above_doc, "from_above(parents, carried) -> bytearray of int64: depths, then what is carried from above\n\n"
                             "As measures.from_above; the arrays are of int64, and parents stand before their children.");

static PyObject *from_above(PyObject *module, PyObject *args) {
    Py_buffer parents = {0}, carried = {0};
    PyObject *buffer = NULL;
    Py_ssize_t count;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*", &parents, &carried))
        return NULL;
    count = parents.len / (Py_ssize_t)sizeof(int64_t);
    if (parents.len != carried.len)
        PyErr_SetString(PyExc_ValueError, "as many parents as carried flags");
    else
        buffer = PyByteArray_FromStringAndSize(NULL, 2 * parents.len);
    if (buffer != NULL) {
        const int64_t *parent = parents.buf, *own = carried.buf;
        int64_t *depth = (int64_t *)PyByteArray_AS_STRING(buffer), *far = depth + count;
        for (Py_ssize_t at = 0; at < count; at++) {
            const int is_child = parent[at] >= 0 && parent[at] < at;
            depth[at] = is_child ? depth[parent[at]] + 1 : 0;
            far[at] = is_child ? own[at] | far[parent[at]] : own[at];
        }
    }
    PyBuffer_Release(&parents);
    PyBuffer_Release(&carried);
    return buffer;
}

static PyMethodDef METHODS[] = {
    {"bind", bind, METH_VARARGS, bind_doc},
    {"measure_blocks", measure_blocks, METH_VARARGS, measure_blocks_doc},
    {"measure_elements", measure_elements, METH_VARARGS, measure_elements_doc},
    {"from_above", from_above, METH_VARARGS, from_above_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_measures",
    .m_doc = "Counting over blocks and elements, compiled; measures.py is the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__measures(void) {
    PyObject *module;
    if ((module = PyModule_Create(&MODULE)) != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
