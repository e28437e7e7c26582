/* What texts.py reads in the texts of blocks, in C: their beginnings in lower case, the words asked for, what the page's head
 * says too. texts.py is the reference, reader.py says which of the two runs; tests/normalize/core/reading/test_compiled_texts.py holds
 * them equal. docs/decisions/0103. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "_arrays.h"
#include "_hashes.h"
#include "_rows.h"

#define EDITION 2 /* compiled.py takes no other */
#define KEY 200   /* characters: KEY_CHARS, READ, SAID, SHORTEST_SAID, SHORT of texts.py */
#define READ 600
#define SAID 60
#define SHORTEST_SAID 15
#define SHORT 250
#define SHORTEST_IN_TITLE 10

/* ---- lower case ---- */

#define PLANE 0x10000
#define MOST_LOWERED (3 * READ) /* a letter may become three */
#define I_WITH_DOT 0x130        /* becomes two letters */
#define SIGMA 0x3A3             /* is another letter at a word's end */

static Py_UCS2 lower_of[PLANE];

static void fill_lower(void) {
    for (Py_UCS4 letter = 0; letter < PLANE; letter++)
        lower_of[letter] = (Py_UCS2)Py_UNICODE_TOLOWER(letter);
}

typedef struct {
    Py_UCS4 letters[MOST_LOWERED];
    Py_ssize_t length;
} Lowered;

static int lower_by_python(PyObject *text, Py_ssize_t most, Lowered *out) {
    PyObject *head = PyUnicode_Substring(text, 0, most), *low = head != NULL ? PyObject_CallMethod(head, "lower", NULL) : NULL;
    int failed = low == NULL || PyUnicode_GET_LENGTH(low) > MOST_LOWERED || PyUnicode_AsUCS4(low, out->letters, MOST_LOWERED, 0) == NULL;
    out->length = failed ? 0 : PyUnicode_GET_LENGTH(low);
    Py_XDECREF(head);
    Py_XDECREF(low);
    return failed ? -1 : 0;
}

/* text[:most].lower(); `width` is known where this is called, so that the compiler makes a loop for each. Gives 0 where a
 * letter's lower case is not a letter for a letter. */
static Py_ALWAYS_INLINE inline int lower_letters(int width, const void *letters, Lowered *out) {
    for (Py_ssize_t at = 0; at < out->length; at++) {
        const Py_UCS4 letter = PyUnicode_READ(width, letters, at);
        if (width != PyUnicode_1BYTE_KIND && (letter == SIGMA || letter == I_WITH_DOT))
            return 0;
        out->letters[at] = letter < PLANE ? lower_of[letter] : Py_UNICODE_TOLOWER(letter);
    }
    return 1;
}

static int lower_head(PyObject *text, Py_ssize_t most, Lowered *out) {
    const void *letters = PyUnicode_DATA(text);
    int simple;
    out->length = Py_MIN(PyUnicode_GET_LENGTH(text), most);
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND)
        simple = lower_letters(PyUnicode_1BYTE_KIND, letters, out);
    else if (PyUnicode_KIND(text) == PyUnicode_2BYTE_KIND)
        simple = lower_letters(PyUnicode_2BYTE_KIND, letters, out);
    else
        simple = lower_letters(PyUnicode_4BYTE_KIND, letters, out);
    return simple ? 0 : lower_by_python(text, most, out);
}

static PyObject *lowered_ascii(PyObject *text) {
    const Py_ssize_t length = Py_MIN(PyUnicode_GET_LENGTH(text), KEY);
    const Py_UCS1 *letters = PyUnicode_1BYTE_DATA(text);
    PyObject *key = PyUnicode_New(length, 0x7F);
    if (key != NULL)
        for (Py_ssize_t at = 0; at < length; at++)
            PyUnicode_1BYTE_DATA(key)[at] = (Py_UCS1)lower_of[letters[at]];
    return key;
}

static PyObject *key_of(PyObject *text) {
    Lowered low;
    if (PyUnicode_IS_ASCII(text))
        return lowered_ascii(text);
    return lower_head(text, KEY, &low) < 0 ? NULL : PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, low.letters, low.length);
}

/* ---- beginnings: phrases.beginnings_of ---- */

#define BEGINNING_SLOTS 2048 /* several times the beginnings of phrases.py */
#define ALL_BEGINNINGS 15    /* LABEL, HEADING, POINTER and ENDING */

static struct {
    uint64_t letters; /* three of 21 bits; 0: free */
    int64_t bits;
} beginnings[BEGINNING_SLOTS];

static uint64_t packed(PyObject *text, Py_ssize_t count) {
    uint64_t letters = 0;
    for (Py_ssize_t at = 0; at < Py_MIN(PyUnicode_GET_LENGTH(text), count); at++)
        letters |= (uint64_t)PyUnicode_READ_CHAR(text, at) << 21 * at;
    return letters;
}

static size_t slot_of(uint64_t letters) {
    size_t at = (size_t)(letters * 0x9E3779B97F4A7C15u >> 53) % BEGINNING_SLOTS;
    while (beginnings[at].letters != 0 && beginnings[at].letters != letters)
        at = (at + 1) % BEGINNING_SLOTS;
    return at;
}

static int64_t bits_of(PyObject *key, Py_ssize_t count) {
    const uint64_t letters = packed(key, count);
    return letters != 0 ? beginnings[slot_of(letters)].bits : 0;
}

static int64_t beginnings_of(PyObject *key) {
    const Py_UCS4 first = PyUnicode_GET_LENGTH(key) > 0 ? PyUnicode_READ_CHAR(key, 0) : 0;
    if (first >= 'a' && first <= 'z')
        return bits_of(key, 3);
    return Py_UNICODE_ISALPHA(first) ? bits_of(key, 3) | bits_of(key, 2) | bits_of(key, 1) : ALL_BEGINNINGS;
}

PyDoc_STRVAR(bind_doc, "bind(beginnings)\n\nKeep the beginnings of phrases, three letters or fewer, with the bits of each.\n"
                       "Raises ImportError for what it cannot hold.");

static PyObject *bind(PyObject *module, PyObject *table) {
    PyObject *text, *bits;
    Py_ssize_t at = 0;
    (void)module;
    if (!PyDict_Check(table) || PyDict_GET_SIZE(table) > BEGINNING_SLOTS / 2)
        return PyErr_Format(PyExc_ImportError, "beginnings are a dict of at most %d", BEGINNING_SLOTS / 2);
    memset(beginnings, 0, sizeof beginnings);
    while (PyDict_Next(table, &at, &text, &bits)) {
        const uint64_t letters = PyUnicode_Check(text) && PyUnicode_GET_LENGTH(text) <= 3 ? packed(text, 3) : 0;
        if (letters == 0)
            return PyErr_Format(PyExc_ImportError, "%R is no beginning", text);
        const size_t slot = slot_of(letters);
        beginnings[slot].letters = letters;
        beginnings[slot].bits = PyLong_AsLongLong(bits);
        if (PyErr_Occurred())
            return NULL;
    }
    Py_RETURN_NONE;
}

static int all_are_texts(PyObject *list) {
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(list); at++)
        if (!PyUnicode_Check(PyList_GET_ITEM(list, at))) {
            PyErr_SetString(PyExc_TypeError, "a block's text is no str");
            return 0;
        }
    return 1;
}

PyDoc_STRVAR(keys_of_doc, "keys_of(texts) -> (keys, bytearray of int64: how each begins)\n\nAs texts.keys_of.");

static PyObject *keys_of(PyObject *module, PyObject *texts) {
    PyObject *keys, *begins, *both = NULL;
    (void)module;
    if (!PyList_Check(texts))
        return PyErr_Format(PyExc_TypeError, "texts are a list");
    if (!all_are_texts(texts))
        return NULL;
    const Py_ssize_t count = PyList_GET_SIZE(texts);
    keys = PyList_New(count);
    begins = room_for(1, count);
    for (Py_ssize_t at = 0; keys != NULL && begins != NULL && at < count; at++) {
        PyObject *key = key_of(PyList_GET_ITEM(texts, at));
        if (key == NULL)
            goto done;
        PyList_SET_ITEM(keys, at, key);
        numbers_of(begins)[at] = beginnings_of(key);
    }
    if (keys != NULL && begins != NULL)
        both = PyTuple_Pack(2, keys, begins);
done:
    Py_XDECREF(keys);
    Py_XDECREF(begins);
    return both;
}

/* ---- words ---- */

#define MAX_GROUPS 32
#define BLOOM_BITS (1u << 14)

typedef struct { /* a word that is asked for */
    uint64_t seen;   /* the number of the text in which it was last found */
    uint32_t hash, at, groups;
    uint16_t length; /* 0: a free slot */
} Asked;

typedef struct { /* open addressing; the letters of all words stand in `letters` */
    Asked *slots;
    Py_UCS4 *letters;
    size_t mask, used;
} Words;

static struct {
    PyObject *groups; /* the tuple that `words` was made of */
    Words words;
    unsigned char bloom[BLOOM_BITS / 8];
} known;
static uint64_t texts_read;

static void mark(unsigned char *bloom, uint32_t hash) { bloom[hash % BLOOM_BITS >> 3] |= (unsigned char)(1 << (hash & 7)); }
static int may_be_marked(const unsigned char *bloom, uint32_t hash) { return bloom[hash % BLOOM_BITS >> 3] >> (hash & 7) & 1; }

static Asked *find(const Words *words, uint32_t hash, const Py_UCS4 *letters, size_t length) {
    size_t slot = hash & words->mask;
    for (; words->slots[slot].length; slot = (slot + 1) & words->mask) {
        const Asked *word = &words->slots[slot];
        if (word->hash == hash && word->length == length && memcmp(words->letters + word->at, letters, 4 * length) == 0)
            break;
    }
    return &words->slots[slot];
}

static void free_words(Words *words) {
    PyMem_Free(words->slots);
    PyMem_Free(words->letters);
    memset(words, 0, sizeof *words);
}

static int make_words(Words *words, size_t count, size_t letters) {
    size_t slots = 16;
    while (slots < 4 * count)
        slots *= 2;
    *words = (Words){PyMem_Calloc(slots, sizeof(Asked)), PyMem_Calloc(letters + 1, sizeof(Py_UCS4)), slots - 1, 0};
    if (words->slots != NULL && words->letters != NULL)
        return 0;
    free_words(words);
    PyErr_NoMemory();
    return -1;
}

/* Put a word of bytes (UTF-8) among the others; one that no text can hold, since it is too long or no UTF-8, is left out. */
static int add_word(Words *words, PyObject *bytes, uint32_t groups, unsigned char *bloom) {
    PyObject *text;
    Py_ssize_t length;
    uint32_t hash = NO_LETTER;
    if (!PyBytes_Check(bytes))
        return 0;
    if ((text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), NULL)) == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    Py_UCS4 *letters = words->letters + words->used;
    if ((length = PyUnicode_GET_LENGTH(text)) > 0 && length <= MOST_LOWERED && PyUnicode_AsUCS4(text, letters, length, 0) != NULL) {
        for (Py_ssize_t at = 0; at < length; at++)
            hash = with_letter(hash, letters[at]);
        Asked *word = find(words, hash = mixed(hash), letters, (size_t)length);
        if (!word->length) {
            *word = (Asked){.hash = hash, .at = (uint32_t)words->used, .length = (uint16_t)length};
            words->used += (size_t)length;
        }
        word->groups |= groups;
        mark(bloom, hash);
    }
    Py_DECREF(text);
    return 0;
}

static int sizes_of(PyObject *set, size_t *count, size_t *letters) {
    PyObject *each = PyObject_GetIter(set), *word;
    if (each == NULL)
        return -1;
    while ((word = PyIter_Next(each)) != NULL) {
        *count += 1;
        *letters += PyBytes_Check(word) ? (size_t)PyBytes_GET_SIZE(word) : 0;
        Py_DECREF(word);
    }
    Py_DECREF(each);
    return PyErr_Occurred() ? -1 : 0;
}

static int add_set(Words *words, PyObject *set, uint32_t groups, unsigned char *bloom) {
    PyObject *each = PyObject_GetIter(set), *word;
    if (each == NULL)
        return -1;
    while ((word = PyIter_Next(each)) != NULL) {
        const int failed = add_word(words, word, groups, bloom);
        Py_DECREF(word);
        if (failed)
            break;
    }
    Py_DECREF(each);
    return PyErr_Occurred() ? -1 : 0;
}

/* The words of the groups, which are the same for every page: read once. */
static int know_groups(PyObject *groups) {
    size_t count = 0, letters = 0;
    if (groups == known.groups)
        return 0;
    if (PyTuple_GET_SIZE(groups) > MAX_GROUPS) {
        PyErr_Format(PyExc_ValueError, "at most %d groups of words", MAX_GROUPS);
        return -1;
    }
    Py_CLEAR(known.groups);
    free_words(&known.words);
    memset(known.bloom, 0, sizeof known.bloom);
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(groups); at++)
        if (sizes_of(PyTuple_GET_ITEM(groups, at), &count, &letters) < 0)
            return -1;
    if (make_words(&known.words, count, letters) < 0)
        return -1;
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(groups); at++)
        if (add_set(&known.words, PyTuple_GET_ITEM(groups, at), 1u << at, known.bloom) < 0)
            return -1;
    known.groups = Py_NewRef(groups);
    return 0;
}

/* What ends a word: a blank as bytes.split has it, the punctuation of phrases.py, half a surrogate pair (which UTF-8 cannot say). */
static int ends_word(Py_UCS4 letter) {
    static const char PUNCTUATION[] = "!\"#$%&'()*+,.:;<=>?[\\]^_`{|}~";
    if (letter >= 0x80)
        return letter >= 0xD800 && letter <= 0xDFFF;
    return letter == ' ' || (letter >= '\t' && letter <= '\r') || (letter != 0 && strchr(PUNCTUATION, (int)letter) != NULL);
}

static unsigned char ends[0x80]; /* ends_word of these */

static int is_end(Py_UCS4 letter) { return letter < 0x80 ? ends[letter] : ends_word(letter); }

static int is_new(Asked *word) {
    if (!word->length || word->seen == texts_read)
        return 0;
    word->seen = texts_read;
    return 1;
}

/* A column of the result: how many words, how many of the page's own that are asked for, how many of each group. */
static void count_words(const Lowered *text, const Words *own, const unsigned char *bloom, int64_t *out, Py_ssize_t step) {
    texts_read++;
    for (Py_ssize_t at = 0; at < text->length;) {
        const Py_ssize_t start = at;
        uint32_t hash = NO_LETTER;
        for (; at < text->length && !is_end(text->letters[at]); at++)
            hash = with_letter(hash, text->letters[at]);
        if (at == start) {
            at++;
            continue;
        }
        out[WORDS * step]++;
        if (!may_be_marked(bloom, hash = mixed(hash)))
            continue;
        Asked *word = find(own, hash, text->letters + start, (size_t)(at - start));
        out[TITLED * step] += is_new(word);
        word = find(&known.words, hash, text->letters + start, (size_t)(at - start));
        if (is_new(word))
            for (uint32_t group = 0, groups = word->groups; groups >> group; group++)
                out[(NOTICE_WORDS + group) * step] += groups >> group & 1;
    }
}

PyDoc_STRVAR(find_words_doc, "find_words(texts, groups, own) -> bytearray of int64, a row after the other\n\nAs texts.find_words.");

static PyObject *find_words(PyObject *module, PyObject *args) {
    unsigned char bloom[BLOOM_BITS / 8];
    PyObject *texts, *groups, *asked, *buffer = NULL;
    Words own = {0};
    size_t count = 0, letters = 0;
    Lowered low;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyList_Type, &texts, &PyTuple_Type, &groups, &PyFrozenSet_Type, &asked))
        return NULL;
    if (!all_are_texts(texts) || know_groups(groups) < 0 || sizes_of(asked, &count, &letters) < 0 || make_words(&own, count, letters) < 0)
        goto done;
    memcpy(bloom, known.bloom, sizeof bloom);
    const Py_ssize_t number = PyList_GET_SIZE(texts);
    if (add_set(&own, asked, 1, bloom) < 0 || (buffer = noughts(NOTICE_WORDS + PyTuple_GET_SIZE(groups), number)) == NULL)
        goto done;
    for (Py_ssize_t at = 0; buffer != NULL && at < number; at++) {
        if (lower_head(PyList_GET_ITEM(texts, at), READ, &low) < 0)
            Py_CLEAR(buffer);
        else
            count_words(&low, &own, bloom, numbers_of(buffer) + at, number);
    }
done:
    free_words(&own);
    return buffer;
}

/* ---- what the page's head says too ---- */

typedef struct {
    PyObject *headlines, *title, *description, *body, *text_key, *line_break, *blank;
    Py_ssize_t shortest; /* of the headlines */
} Head;

static int is_stripped(Py_UCS4 letter) { /* as by text_key */
    static const Py_UCS4 SIGNS[] = {' ', '.', '!', '?', ':', 0x2026, '"', '\'', 0x201C, 0x201D, 0x201E, 0xAB, 0xBB, 0x2018, 0x2019};
    for (size_t at = 0; at < sizeof SIGNS / sizeof *SIGNS; at++)
        if (letter == SIGNS[at])
            return 1;
    return 0;
}

/* text_key of a key: where all its blanks are single ones, what is left of it without the signs at its ends. */
static PyObject *stripped(const Head *head, PyObject *key) {
    const int width = PyUnicode_KIND(key);
    const void *letters = PyUnicode_DATA(key);
    Py_ssize_t first = 0, last = PyUnicode_GET_LENGTH(key);
    Py_UCS4 before = ' ';
    for (Py_ssize_t at = 0; at < last; at++) {
        const Py_UCS4 letter = PyUnicode_READ(width, letters, at);
        if (letter == SIGMA || letter == 0x3C2 || letter == I_WITH_DOT || (Py_UNICODE_ISSPACE(letter) && (letter != ' ' || before == ' ')))
            return PyObject_CallOneArg(head->text_key, key);
        before = letter;
    }
    while (first < last && is_stripped(PyUnicode_READ(width, letters, first)))
        first++;
    while (last > first && is_stripped(PyUnicode_READ(width, letters, last - 1)))
        last--;
    return PyUnicode_Substring(key, first, last);
}

static int is_headline(const Head *head, PyObject *key) {
    PyObject *text = stripped(head, key);
    const int found = text != NULL ? PySet_Contains(head->headlines, text) : -1;
    Py_XDECREF(text);
    return found;
}

static int is_in_body(const Head *head, PyObject *said) {
    PyObject *line = PyUnicode_Replace(said, head->line_break, head->blank, -1);
    const int found = line != NULL ? PyUnicode_Contains(head->body, line) : -1;
    Py_XDECREF(line);
    return found;
}

/* How often the page has said this before, as a number in `counts`. */
static int64_t said_before(PyObject *counts, PyObject *key) {
    PyObject *known_count = PyDict_GetItemWithError(counts, key), *next;
    const int64_t before = known_count != NULL ? PyLong_AsLongLong(known_count) : 0;
    if (PyErr_Occurred() || (next = PyLong_FromLongLong(before + 1)) == NULL)
        return -1;
    const int failed = PyDict_SetItem(counts, key, next);
    Py_DECREF(next);
    return failed ? -1 : before;
}

static int compare_judged(const Head *head, PyObject *key, int is_short, int64_t *out, Py_ssize_t step) {
    const Py_ssize_t size = PyUnicode_GET_LENGTH(key);
    if (is_short && size > SHORTEST_IN_TITLE && size <= PyUnicode_GET_LENGTH(head->title))
        out[IN_TITLE * step] = PyUnicode_Contains(head->title, key);
    if (size > SHORTEST_SAID && (PyUnicode_GET_LENGTH(head->description) > SHORTEST_SAID || PyUnicode_GET_LENGTH(head->body) > 0)) {
        PyObject *said = PyUnicode_Substring(key, 0, SAID);
        if (said != NULL && PyUnicode_GET_LENGTH(head->description) > SHORTEST_SAID)
            out[IN_DESCRIPTION * step] = PyUnicode_Contains(head->description, said);
        if (said != NULL && PyUnicode_GET_LENGTH(head->body) > 0)
            out[NOT_IN_BODY * step] = !(out[IN_BODY * step] = is_in_body(head, said));
        Py_XDECREF(said);
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int compare_all(const Head *head, PyObject *keys, const double *sizes, const char *judged, int64_t *out, PyObject *counts) {
    const Py_ssize_t count = PyList_GET_SIZE(keys);
    for (Py_ssize_t at = 0; at < count; at++) {
        PyObject *key = PyList_GET_ITEM(keys, at);
        const int is_short = sizes[at] < SHORT;
        if (is_short && PyUnicode_GET_LENGTH(key) >= head->shortest && (out[IS_HEADLINE * count + at] = is_headline(head, key)) < 0)
            return -1;
        if (PyUnicode_GET_LENGTH(key) > SHORTEST_SAID) {
            const int64_t before = said_before(counts, key);
            if (before < 0)
                return -1;
            out[REPEATED * count + at] = judged[at] ? Py_MIN(3, before) : 0;
        }
        if (judged[at] && compare_judged(head, key, is_short, out + at, count) < 0)
            return -1;
    }
    return 0;
}

static int read_shortest(Head *head) {
    PyObject *each = PyObject_GetIter(head->headlines), *text;
    head->shortest = PY_SSIZE_T_MAX;
    if (each == NULL)
        return -1;
    while ((text = PyIter_Next(each)) != NULL) {
        if (PyUnicode_Check(text))
            head->shortest = Py_MIN(head->shortest, PyUnicode_GET_LENGTH(text));
        Py_DECREF(text);
    }
    Py_DECREF(each);
    return PyErr_Occurred() ? -1 : 0;
}

PyDoc_STRVAR(said_by_head_doc, "said_by_head(keys, sizes, judged, headlines, title, description, body, text_key) -> bytearray of int64\n\n"
                               "As texts.said_by_head, a row after the other; `sizes` are doubles, `judged` a byte for each key.");

static PyObject *said_by_head(PyObject *module, PyObject *args) {
    PyObject *keys, *buffer = NULL, *counts = PyDict_New();
    Py_buffer sizes = {0}, judged = {0};
    Head head = {.line_break = PyUnicode_FromString("\n"), .blank = PyUnicode_FromString(" ")};
    (void)module;
    if (counts == NULL || head.line_break == NULL || head.blank == NULL ||
        !PyArg_ParseTuple(args, "O!y*y*O!UUUO", &PyList_Type, &keys, &sizes, &judged, &PyFrozenSet_Type, &head.headlines, &head.title,
                          &head.description, &head.body, &head.text_key))
        goto done;
    if (sizes.len != 8 * PyList_GET_SIZE(keys) || judged.len != PyList_GET_SIZE(keys))
        PyErr_SetString(PyExc_ValueError, "as many sizes and marks as keys");
    if (PyErr_Occurred() || !all_are_texts(keys) || read_shortest(&head) < 0)
        goto done;
    if ((buffer = noughts(SAID_ROWS, PyList_GET_SIZE(keys))) != NULL &&
        compare_all(&head, keys, sizes.buf, judged.buf, numbers_of(buffer), counts) < 0)
        Py_CLEAR(buffer);
done:
    Py_XDECREF(counts);
    Py_XDECREF(head.line_break);
    Py_XDECREF(head.blank);
    PyBuffer_Release(&sizes);
    PyBuffer_Release(&judged);
    return buffer;
}

static PyMethodDef METHODS[] = {
    {"bind", bind, METH_O, bind_doc},
    {"keys_of", keys_of, METH_O, keys_of_doc},
    {"find_words", find_words, METH_VARARGS, find_words_doc},
    {"said_by_head", said_by_head, METH_VARARGS, said_by_head_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_texts",
    .m_doc = "What the texts of blocks say, compiled; texts.py is the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__texts(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    fill_lower();
    for (Py_UCS4 letter = 0; letter < sizeof ends; letter++)
        ends[letter] = (unsigned char)ends_word(letter);
    return module;
}
