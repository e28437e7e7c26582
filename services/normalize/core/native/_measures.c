/* What measures.py counts, in C: letters and signs of every block, the names of every element. measures.py is the reference,
 * reader.py says which of the two runs; tests/normalize/core/reading/test_compiled_measures.py holds them equal. docs/decisions/0102. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "_arrays.h"
#include "_hashes.h"
#include "_rows.h"
#include "_slots.h"

#define EDITION 4 /* compiled.py takes no other */
#define TABLE_SIZE 0x10000
#define HEAD 120 /* characters in which digits, capitals and signs are counted */

/* ---- slots of blocks.py's classes, read without a look-up of their names ---- */

enum { PARENT, INDEX, END, FIRST_BLOCK, END_BLOCK, SHAPE, ARTICLE, HIDDEN, NAMES, TAG, ELEMENT_SLOTS };
static const char *const ELEMENT_SLOT[] = {"parent", "index", "end", "first_block", "end_block", "shape", "article", "hidden", "names", "tag"};
enum { TEXT, ELEMENT, LINK_CHARS, LINKS, INLINE_NAMES, BLOCK_SLOTS };
static const char *const BLOCK_SLOT[] = {"text", "element", "link_chars", "links", "inline_names"};

static struct {
    PyTypeObject *element, *block;
    PyMemberDef *element_slot[ELEMENT_SLOTS], *block_slot[BLOCK_SLOTS];
} house;

/* What stands in the slot, borrowed; NULL with an error set where the object is of another class or the slot is empty. */
static PyObject *value_of(PyObject *object, PyTypeObject *type, const PyMemberDef *slot) {
    PyObject *value = type != NULL && Py_IS_TYPE(object, type) ? held(object, slot) : NULL;
    if (value == NULL)
        PyErr_Format(PyExc_TypeError, "%s is no whole block or element", Py_TYPE(object)->tp_name);
    return value;
}

static PyObject *of_element(PyObject *element, int slot) { return value_of(element, house.element, house.element_slot[slot]); }
static PyObject *of_block(PyObject *block, int slot) { return value_of(block, house.block, house.block_slot[slot]); }

static int number_from(PyObject *value, int64_t *number) {
    if (value == NULL)
        return -1;
    *number = PyLong_AsLongLong(value);
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

/* ---- class words: class_words.py ---- */

#define ANYWHERE 5       /* shorter words count as whole tokens only */
#define LONGEST_TOKEN 24
#define LONGEST_WORD 31
#define ARTICLE_BODY ((int64_t)1 << 62) /* no group's bit, as the next */
#define NAMED_COMMENTS ((int64_t)1 << 61)
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
    uint32_t lengths[1 << 10];       /* by the first two letters how long words are: a bit for each length */
    int count;
} words;

/* Of the last letters read, the five of `code` in its lowest 25 bits. */
static uint32_t hash_of_five(uint32_t code) { return (code & 0x1FFFFFF) * 2654435761u >> 18; }

static uint32_t with_code(uint32_t code, char letter) { return code << 5 | (letter & 31); }

static uint32_t five_letters(const char *at) {
    uint32_t code = 0;
    for (int place = 0; place < ANYWHERE; place++)
        code = with_code(code, at[place]);
    return hash_of_five(code);
}

static uint32_t hash_of(const char *letters, size_t length) {
    uint32_t hash = NO_LETTER;
    for (size_t at = 0; at < length; at++)
        hash = with_letter(hash, (unsigned char)letters[at]);
    return mixed(hash);
}

static void keep_word(Word *table, size_t hashed, const Word *word) {
    uint32_t at = hash_of(word->letters, hashed) % SLOTS;
    while (table[at].length)
        at = (at + 1) % SLOTS;
    table[at] = *word;
}

static uint32_t two_letters(char first, char second) { return (uint32_t)(first & 31) << 5 | (uint32_t)(second & 31); }

/* The groups of the word that two pieces make; the second may be empty. Most are told by their first letters and length. */
static int64_t groups_of(const char *first, size_t length, const char *second, size_t more) {
    char whole[LONGEST_WORD];
    if (length + more > LONGEST_WORD || length + more < 2 ||
        !(words.lengths[two_letters(first[0], length > 1 ? first[1] : second[0])] >> (length + more) & 1))
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
        code = with_code(code, token[place]);
    for (size_t start = 0; start + ANYWHERE <= length; start++) {
        const uint32_t five = hash_of_five(code = with_code(code, token[start + ANYWHERE - 1]));
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

/* What stands anywhere in names: the word articlebody, and what is in names of readers' comments (containers.COMMENT_STEMS). */
static struct {
    const char *letters;
    int64_t says;
    uint32_t holds; /* a bit for each of its letters: names that lack one do not hold the word */
} anywhere[] = {{"articlebody", ARTICLE_BODY, 0}, {"omment", NAMED_COMMENTS, 0},  {"oment", NAMED_COMMENTS, 0},
                {"disqus", NAMED_COMMENTS, 0},    {"respond", NAMED_COMMENTS, 0}, {"opinie", NAMED_COMMENTS, 0}};
#define WORDS_ANYWHERE (sizeof anywhere / sizeof *anywhere)

static void note_letters(void) {
    for (size_t word = 0; word < WORDS_ANYWHERE; word++)
        for (const char *letter = anywhere[word].letters; *letter; letter++)
            anywhere[word].holds |= 1u << (*letter & 31);
}

/* Of names of at most MOST_NAMES letters. */
static int64_t words_anywhere(PyObject *names) {
    char lower[MOST_NAMES + 1];
    uint32_t holds = 0;
    int64_t found = 0;
    const int width = PyUnicode_KIND(names);
    const void *letters = PyUnicode_DATA(names);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(names);
    for (Py_ssize_t at = 0; at < length; at++) {
        const Py_UCS4 letter = PyUnicode_READ(width, letters, at);
        lower[at] = (char)(is_upper(letter) || is_lower(letter) ? letter | 0x20 : ' ');
        holds |= 1u << (lower[at] & 31); /* a blank is no letter's bit */
    }
    lower[length] = 0;
    for (size_t word = 0; word < WORDS_ANYWHERE; word++)
        if ((anywhere[word].holds & ~holds) == 0 && strstr(lower, anywhere[word].letters) != NULL)
            found |= anywhere[word].says;
    return found;
}

/* What names were last found to say: sites repeat theirs, within a page and on every page. A slot by the names' hash. */
#define REMEMBERED 2048

static struct {
    PyObject *names;
    int64_t groups;
} remembered[REMEMBERED];

/* The groups of names, and ARTICLE_BODY and NAMED_COMMENTS where they hold such a word; -1 with an error set. */
static int64_t said_by_names(PyObject *names) {
    Py_hash_t hash = PyUnicode_Check(names) ? PyObject_Hash(names) : -1;
    if (hash == -1) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "names are no str");
        return -1;
    }
    const size_t slot = (size_t)hash % REMEMBERED;
    PyObject *known = remembered[slot].names;
    if (known != NULL && PyUnicode_GET_LENGTH(known) == PyUnicode_GET_LENGTH(names) && PyUnicode_KIND(known) == PyUnicode_KIND(names) &&
        memcmp(PyUnicode_DATA(known), PyUnicode_DATA(names), (size_t)(PyUnicode_GET_LENGTH(names) * PyUnicode_KIND(names))) == 0)
        return remembered[slot].groups;
    int64_t groups = groups_of_names(names);
    if (groups < 0) {
        PyErr_SetString(PyExc_ValueError, "an element's names are too long");
        return -1;
    }
    groups |= words_anywhere(names);
    Py_XSETREF(remembered[slot].names, Py_NewRef(names));
    remembered[slot].groups = groups;
    return groups;
}

/* ---- blocks ---- */

#define COUNTED 5
#define WIDE_BIT 0x80 /* of the table of marks */
#define WIDE_SIZE 1.5 /* this and what follows as in measures.py */
#define PROSE_CHARS 40
#define PROSE_LINKS 0.4
#define FAR 20
#define BIG_SHARE 0.5
#define SHORT_LINE 120

/* Wide letters, Korean ones and others that begin in UTF-8 as they do: letters.may_hold_wide_letters. */
static int may_be_wide(Py_UCS4 letter) {
    return letter >= 0x800 && letter < TABLE_SIZE && (letter < 0x2000 || letter >= 0x3000) && (letter < 0xD800 || letter > 0xDFFF);
}

/* `width` is known where this is called, so that the compiler makes a loop for each. */
static Py_ALWAYS_INLINE inline void count_letters(int width, const void *letters, Py_ssize_t length, const unsigned char *counts,
                                                  const unsigned char *marks, int64_t *out, Py_ssize_t step) {
    const Py_ssize_t head = Py_MIN(length, HEAD);
    int64_t blanks = 0, commas = 0, breaks = 0, sentences = 0, wide = 0, any_wide = 0, counted[COUNTED] = {0};
    Py_UCS4 before = 0;
    for (Py_ssize_t at = 0; at < length; at++) {
        const Py_UCS4 letter = PyUnicode_READ(width, letters, at);
        if (letter == ' ') {
            blanks++;
            sentences += before == '.' || before == '?' || before == '!';
        } else if (letter <= ',') { /* few are */
            commas += letter == ',';
            breaks += letter == '\n';
        } else if (width != PyUnicode_1BYTE_KIND && may_be_wide(letter)) {
            any_wide = 1;
            wide += (marks[letter] & WIDE_BIT) != 0;
        }
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
    out[MAY_BE_WIDE * step] = any_wide;
    for (int kind = 0; kind < COUNTED; kind++)
        out[(DIGITS + kind) * step] = counted[kind];
    out[FIRST_MARK * step] = first < TABLE_SIZE ? marks[first] & ~WIDE_BIT : 0;
    out[LAST_MARK * step] = before < TABLE_SIZE ? marks[before] & ~WIDE_BIT : 0;
}

/* A block's characters, wide letters counted more. */
static double size_of(const int64_t *out, Py_ssize_t step) { return (double)out[LENGTH * step] + WIDE_SIZE * (double)out[WIDE * step]; }

/* Whether a text ends in one of measures.MORE. */
static int ends_more(PyObject *text) {
    static const Py_UCS4 ENDS[][7] = {{'m', 'o', 'r', 'e'}, {'m', 'o', 'r', 'e', 0x2026}, {'m', 'o', 'r', 'e', '.', '.', '.'},
                                      {0x2192}, {0xBB}, {'>', '>'}};
    static const Py_ssize_t LENGTHS[] = {4, 5, 7, 1, 1, 2};
    const int width = PyUnicode_KIND(text);
    const void *letters = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (size_t end = 0; end < sizeof LENGTHS / sizeof *LENGTHS; end++) {
        Py_ssize_t same = 0;
        while (same < LENGTHS[end] && same < length &&
               PyUnicode_READ(width, letters, length - 1 - same) == ENDS[end][LENGTHS[end] - 1 - same])
            same++;
        if (same == LENGTHS[end])
            return 1;
    }
    return 0;
}

static int is_word_letter(Py_UCS4 letter) { return Py_UNICODE_ISALNUM(letter) || letter == '_'; }

/* measures.DATE: a year that stands alone, or a time of day; `[:.]` with a figure before it and two behind it that end a word. */
static int holds_date(PyObject *text) {
    const int width = PyUnicode_KIND(text);
    const void *letters = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t at = 0; at + 4 <= length; at++) {
        const Py_UCS4 first = PyUnicode_READ(width, letters, at), second = PyUnicode_READ(width, letters, at + 1);
        const int is_time = (second == ':' || second == '.') && Py_UNICODE_ISDECIMAL(first);
        const int is_year = ((first == '1' && second == '9') || (first == '2' && second == '0')) &&
                            (at == 0 || !is_word_letter(PyUnicode_READ(width, letters, at - 1)));
        if ((is_time || is_year) && Py_UNICODE_ISDECIMAL(PyUnicode_READ(width, letters, at + 2)) &&
            Py_UNICODE_ISDECIMAL(PyUnicode_READ(width, letters, at + 3)) &&
            (at + 4 == length || !is_word_letter(PyUnicode_READ(width, letters, at + 4))))
            return 1;
    }
    return 0;
}

/* What all the names of inline elements in a block say: class_words.groups_of_all. */
static int groups_inside_text(PyObject *names, int64_t *groups) {
    *groups = 0;
    if (names == NULL || !PyTuple_Check(names)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "inline names are a tuple");
        return -1;
    }
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(names); at++) {
        const int64_t said = said_by_names(PyTuple_GET_ITEM(names, at));
        if (said < 0)
            return -1;
        *groups |= said & ~(ARTICLE_BODY | NAMED_COMMENTS);
    }
    return 0;
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
    out[ENDS_MORE * step] = ends_more(text);
    out[SHORT_DATE * step] = size_of(out, step) < SHORT_LINE && out[DIGITS * step] > 0 && holds_date(text);
    return groups_inside_text(of_block(block, INLINE_NAMES), &out[INLINE_GROUPS * step]);
}

static double *as_doubles(int64_t *row) { return (double *)row; }

/* The rows that follow from the counts: sizes, shares of links, which blocks are prose and how far it is. */
static void find_prose(int64_t *out, Py_ssize_t count) {
    double *chars = as_doubles(out + CHARS * count), *share = as_doubles(out + LINK_SHARE * count);
    int64_t *prose = out + PROSE * count, *since = out + SINCE_PROSE * count, *until = out + UNTIL_PROSE * count;
    Py_ssize_t last = -FAR - 1;
    for (Py_ssize_t at = 0; at < count; at++) {
        chars[at] = size_of(out + at, count);
        share[at] = (double)out[LINKED * count + at] / (double)out[LENGTH * count + at];
        prose[at] = chars[at] > PROSE_CHARS && share[at] < PROSE_LINKS;
        since[at] = Py_MIN(FAR, at - 1 - last);
        last = prose[at] ? at : last;
    }
    last = count + FAR;
    for (Py_ssize_t at = count; at-- > 0;) {
        until[at] = Py_MIN(FAR, last - 1 - at);
        last = prose[at] ? at : last;
    }
    memset(out + IS_LABEL * count, 0, (size_t)(CHARS - IS_LABEL) * (size_t)count * sizeof *out); /* read later */
}

PyDoc_STRVAR(measure_blocks_doc, "measure_blocks(blocks, counted, marked) -> bytearray of int64, a row after the other\n\n"
                                 "As measures.measure_blocks; the tables hold a byte for each of the first 65,536 characters.");

static PyObject *measure_blocks(PyObject *module, PyObject *args) {
    PyObject *blocks, *fast, *buffer;
    Py_buffer counts = {0}, marks = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "Oy*y*", &blocks, &counts, &marks))
        return NULL;
    fast = PySequence_Fast(blocks, "blocks are a sequence");
    buffer = fast != NULL ? room_for(BLOCK_ROWS, PySequence_Fast_GET_SIZE(fast)) : NULL;
    if (buffer != NULL && (counts.len != TABLE_SIZE || marks.len != TABLE_SIZE)) {
        PyErr_SetString(PyExc_ValueError, "a table holds 65,536 bytes");
        Py_CLEAR(buffer);
    }
    for (Py_ssize_t at = 0; buffer != NULL && at < PySequence_Fast_GET_SIZE(fast); at++)
        if (measure_block(PySequence_Fast_GET_ITEM(fast, at), counts.buf, marks.buf, numbers_of(buffer) + at, PySequence_Fast_GET_SIZE(fast)) < 0)
            Py_CLEAR(buffer);
    if (buffer != NULL)
        find_prose(numbers_of(buffer), PySequence_Fast_GET_SIZE(fast));
    Py_XDECREF(fast);
    PyBuffer_Release(&counts);
    PyBuffer_Release(&marks);
    return buffer;
}

PyDoc_STRVAR(bind_doc, "bind(words, Element, PageBlock)\n\nKeep the words of classes with the groups (bits) of each, and the house's\n"
                       "classes. Raises ImportError for what it cannot hold.");

static PyObject *bind(PyObject *module, PyObject *args) {
    PyObject *table, *name, *groups;
    PyTypeObject *element, *block;
    Py_ssize_t at = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyDict_Type, &table, &PyType_Type, &element, &PyType_Type, &block) ||
        find_slots(element, ELEMENT_SLOT, ELEMENT_SLOTS, house.element_slot) < 0 ||
        find_slots(block, BLOCK_SLOT, BLOCK_SLOTS, house.block_slot) < 0)
        return NULL;
    Py_XSETREF(house.element, (PyTypeObject *)Py_NewRef(element));
    Py_XSETREF(house.block, (PyTypeObject *)Py_NewRef(block));
    memset(&words, 0, sizeof words);
    for (size_t slot = 0; slot < REMEMBERED; slot++)
        Py_CLEAR(remembered[slot].names);
    while (PyDict_Next(table, &at, &name, &groups)) {
        Word word = {{0}, 0, PyLong_AsLongLong(groups)};
        Py_ssize_t length = 0;
        const char *letters = PyUnicode_AsUTF8AndSize(name, &length);
        if (letters == NULL || (word.groups == -1 && PyErr_Occurred()))
            return NULL;
        if (length < 2 || length > LONGEST_WORD || ++words.count > SLOTS / 2)
            return PyErr_Format(PyExc_ImportError, "%U is no word for the table", name);
        memcpy(word.letters, letters, (size_t)length);
        word.length = (unsigned char)length;
        keep_word(words.whole, (size_t)length, &word);
        words.lengths[two_letters(letters[0], letters[1])] |= (uint32_t)1 << length;
        if (length >= ANYWHERE) {
            const uint32_t five = five_letters(letters);
            words.begins[five >> 3] |= (unsigned char)(1 << (five & 7));
            keep_word(words.beginning, ANYWHERE, &word);
        }
    }
    Py_RETURN_NONE;
}

/* ---- elements ---- */

#define TAG_SHIFT 48 /* of a tag's reading: below it the bits of its container, from it on its place among TAGS */

static int read_names(PyObject *element, PyObject *readings, int64_t article_body, int64_t other_tag, int64_t *out, Py_ssize_t step) {
    PyObject *names = of_element(element, NAMES), *tag = names != NULL ? of_element(element, TAG) : NULL, *reading;
    const int64_t said = tag != NULL ? said_by_names(names) : -1;
    if (said < 0)
        return -1;
    out[E_FLAGS * step] = said & ~(ARTICLE_BODY | NAMED_COMMENTS);
    if (said & ARTICLE_BODY)
        out[E_FLAGS * step] |= article_body;
    if (said & NAMED_COMMENTS)
        out[E_FLAGS * step] |= article_body << 1; /* containers.NAMED_COMMENTS */
    out[E_TAG * step] = other_tag;
    if ((reading = PyDict_GetItemWithError(readings, tag)) != NULL) {
        const int64_t number = PyLong_AsLongLong(reading);
        out[E_FLAGS * step] |= number & (((int64_t)1 << TAG_SHIFT) - 1);
        out[E_TAG * step] = number >> TAG_SHIFT;
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int measure_element(PyObject *element, int64_t *out, Py_ssize_t step) {
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
    return 0;
}

typedef struct { /* of the blocks, up to each of them and not with it */
    double *prose_chars, *prose_blocks, *link_chars;
    Py_ssize_t blocks;
} Running;

static int sum_blocks(const double *chars, const int64_t *prose, const int64_t *linked, Running *sums) {
    const size_t places = (size_t)sums->blocks + 1;
    if ((sums->prose_chars = PyMem_Calloc(3 * places, sizeof(double))) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    sums->prose_blocks = sums->prose_chars + places;
    sums->link_chars = sums->prose_blocks + places;
    for (Py_ssize_t at = 0; at < sums->blocks; at++) {
        sums->prose_chars[at + 1] = sums->prose_chars[at] + (prose[at] ? chars[at] : 0.0);
        sums->prose_blocks[at + 1] = sums->prose_blocks[at] + (double)prose[at];
        sums->link_chars[at + 1] = sums->link_chars[at] + (double)linked[at];
    }
    return 0;
}

/* What each element holds, carries and lies in; parents stand before their children. */
static int sum_elements(const Running *sums, int64_t negative, int64_t *out, Py_ssize_t count) {
    for (Py_ssize_t at = 0; at < count; at++) {
        int64_t *one = out + at;
        const int64_t first = one[E_FIRST * count], last = one[E_LAST * count], parent = one[E_PARENT * count];
        if (first < 0 || first > sums->blocks || last < 0 || last > sums->blocks || parent < 0 || parent > at || (parent == at && at > 0)) {
            PyErr_SetString(PyExc_ValueError, "an element is no place on the page");
            return -1;
        }
        const double prose = sums->prose_chars[last] - sums->prose_chars[first];
        *as_doubles(one + E_PROSE_CHARS * count) = prose;
        *as_doubles(one + E_PROSE_BLOCKS * count) = sums->prose_blocks[last] - sums->prose_blocks[first];
        *as_doubles(one + E_LINK_CHARS * count) = sums->link_chars[last] - sums->link_chars[first];
        one[E_CARRIED * count] = one[E_FLAGS * count] & (prose > BIG_SHARE * sums->prose_chars[sums->blocks] ? ~negative : -1);
        one[E_DEPTH * count] = at > 0 ? out[E_DEPTH * count + parent] + 1 : 0;
        one[E_FAR * count] = one[E_CARRIED * count] | (at > 0 ? out[E_FAR * count + parent] : 0);
    }
    return 0;
}

PyDoc_STRVAR(measure_elements_doc,
             "measure_elements(elements, chars, prose, link_chars, readings, other_tag, article_body, negative) -> bytearray of int64\n\n"
             "As measures.measure_elements, a row after the other; the arrays are of the blocks, `readings` by tag its container's bit\n"
             "and, 48 bits up, its place among TAGS.");

static PyObject *measure_elements(PyObject *module, PyObject *args) {
    PyObject *elements, *readings, *fast = NULL, *buffer = NULL;
    Py_buffer chars = {0}, prose = {0}, linked = {0};
    long long other_tag, article_body, negative;
    Running sums = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "Oy*y*y*O!LLL", &elements, &chars, &prose, &linked, &PyDict_Type, &readings, &other_tag, &article_body,
                          &negative) ||
        (fast = PySequence_Fast(elements, "elements are a sequence")) == NULL)
        goto done;
    sums.blocks = chars.len / (Py_ssize_t)sizeof(double);
    if (prose.len != chars.len || linked.len != chars.len) {
        PyErr_SetString(PyExc_ValueError, "as many sizes as blocks");
        goto done;
    }
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(fast);
    buffer = room_for(ELEMENT_ROWS, count);
    for (Py_ssize_t at = 0; buffer != NULL && at < count; at++) {
        PyObject *element = PySequence_Fast_GET_ITEM(fast, at);
        int64_t *out = numbers_of(buffer) + at;
        if (measure_element(element, out, count) < 0 || read_names(element, readings, article_body, other_tag, out, count) < 0)
            Py_CLEAR(buffer);
    }
    if (buffer != NULL && (sum_blocks(chars.buf, prose.buf, linked.buf, &sums) < 0 || sum_elements(&sums, negative, numbers_of(buffer), count) < 0))
        Py_CLEAR(buffer);
done:
    PyMem_Free(sums.prose_chars);
    Py_XDECREF(fast);
    PyBuffer_Release(&chars);
    PyBuffer_Release(&prose);
    PyBuffer_Release(&linked);
    return buffer;
}

static PyMethodDef METHODS[] = {
    {"bind", bind, METH_VARARGS, bind_doc},
    {"measure_blocks", measure_blocks, METH_VARARGS, measure_blocks_doc},
    {"measure_elements", measure_elements, METH_VARARGS, measure_elements_doc},
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
    note_letters();
    if ((module = PyModule_Create(&MODULE)) != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
