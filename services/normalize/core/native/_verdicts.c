/* From features to the ledger, in C: what the trees add, why a block would be cut, the lines of the ledger, which texts may stand in
 * others. boosted_trees.py, reasons.py, keep.py, ledger.py and rules/repeats.py are the reference, to the last bit; reader.py says
 * which of the two runs, tests/normalize/core/judging/test_compiled_verdicts.py holds them equal. docs/decisions/0124, 0131. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "_arrays.h"
#include "_rows.h"
#include "_slots.h"

#define EDITION 3 /* compiled.py takes no other */

/* ---- trees: boosted_trees.py ---- */

#define MOST_DEEP 7   /* questions a tree asks; the number of a leaf and as much again fit into a byte */
#define TOGETHER 64   /* candidates judged at a time: what they answer stays in the nearest memory */
#define WORDS_OF_EIGHT (TOGETHER / 8)

typedef union { /* a byte for each candidate, added up eight at a time */
    uint8_t of[TOGETHER];
    uint64_t eight[WORDS_OF_EIGHT];
} Bytes;

typedef struct {
    const double *rows, *thresholds, *values; /* a feature a row; one each of the questions; a tree a row */
    const int64_t *features, *asked;          /* of each question its feature; of each tree its questions */
    Py_ssize_t candidates, questions, trees, depth;
} Trees;

/* Each question once for some candidates, a row of answers each: many trees ask the same. */
static void answer(const Trees *all, Py_ssize_t first, Py_ssize_t count, Bytes *answers) {
    for (Py_ssize_t question = 0; question < all->questions; question++) {
        const double *row = all->rows + all->features[question] * all->candidates + first, threshold = all->thresholds[question];
#pragma GCC unroll 4
        for (Py_ssize_t at = 0; at < count; at++)
            answers[question].of[at] = row[at] > threshold;
    }
}

/* Where a tree's answers lead, the first question's digit first. */
static Bytes leaves_of(const Bytes *answers, const int64_t *asked, Py_ssize_t depth) {
    Bytes leaves = answers[asked[0]];
    for (Py_ssize_t question = 1; question < depth; question++)
        for (int at = 0; at < WORDS_OF_EIGHT; at++)
            leaves.eight[at] += leaves.eight[at] + answers[asked[question]].eight[at];
    return leaves;
}

static void add_trees(const Trees *all, Bytes *answers, double *sums) {
    for (Py_ssize_t first = 0; first < all->candidates; first += TOGETHER, sums += TOGETHER) {
        const Py_ssize_t count = Py_MIN(TOGETHER, all->candidates - first);
        answer(all, first, count, answers);
        for (Py_ssize_t tree = 0; tree < all->trees; tree++) {
            const double *values = all->values + (tree << all->depth);
            const Bytes leaves = leaves_of(answers, all->asked + tree * all->depth, all->depth);
#pragma GCC unroll 4
            for (Py_ssize_t at = 0; at < count; at++)
                sums[at] += values[leaves.of[at]];
        }
    }
}

static int fits(const Py_buffer *given, Trees *all) {
    const Py_ssize_t row = all->candidates * NUMBER;
    all->questions = given[1].len / NUMBER;
    if (all->candidates < 1 || all->depth < 1 || all->depth > MOST_DEEP || given[0].len % row != 0 || given[2].len != given[1].len ||
        given[3].len % (all->depth * NUMBER) != 0)
        return odd_array() == 0;
    all->trees = given[3].len / (all->depth * NUMBER);
    if (given[4].len != (all->trees << all->depth) * NUMBER)
        return odd_array() == 0;
    if (!all_within(all->features, all->questions, given[0].len / row) || !all_within(all->asked, all->trees * all->depth, all->questions))
        return odd_place() == 0;
    return 1;
}

PyDoc_STRVAR(sum_trees_doc, "sum_trees(rows, features, thresholds, asked, values, candidates, depth) -> bytearray of doubles\n\n"
                            "What to add to each candidate's log-odds, as BoostedTrees.score. `features` and `thresholds` are the different\n"
                            "questions, `asked` has `depth` of them for each tree, as places among these.");

static PyObject *sum_trees(PyObject *module, PyObject *args) {
    Py_buffer given[5] = {{0}};
    Trees all = {0};
    PyObject *sums = NULL;
    Bytes *answers = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*nn", &given[0], &given[1], &given[2], &given[3], &given[4], &all.candidates, &all.depth))
        goto done;
    all.rows = given[0].buf;
    all.features = given[1].buf;
    all.thresholds = given[2].buf;
    all.asked = given[3].buf;
    all.values = given[4].buf;
    if (!fits(given, &all))
        goto done;
    if ((answers = PyMem_Calloc((size_t)all.questions + 1, sizeof *answers)) == NULL)
        PyErr_NoMemory();
    else if ((sums = noughts(1, all.candidates)) != NULL)
        add_trees(&all, answers, (double *)numbers_of(sums));
done:
    PyMem_Free(answers);
    release_arrays(given, 5);
    return sums;
}

/* ---- why a block would be cut: reasons.py ---- */

#define MANY_LINKS 0.5 /* this and what follows as in reasons.py */
#define NOTICE_CHARS 400
#define HEADING_CHARS 70
#define SHORT_CHARS 60
#define H2 2 /* places among TAGS */
#define H6 6

enum { LINKS, RELATED, NOTICE, LABEL, HEADING, SHORT_LINE, NO_TEXT }; /* places in OF_TEXT, behind those of the names */

typedef struct {
    const int64_t *blocks, *words, *after_junk, *elements, *bits;
    const char *junk_headings;
    Py_ssize_t count, all, names;
    int64_t telling, navigation;
} Reasons;

static int first_bit(const Reasons *page, int64_t mask) {
    int at = 0;
    while (!(page->bits[at] & mask))
        at++;
    return at;
}

/* By what the block's element is called, else by what the elements around it are; -1 where names tell nothing. */
static int by_name(const Reasons *page, Py_ssize_t block, int64_t place) {
    const int64_t own = (page->elements[E_FLAGS * page->all + place] | page->blocks[INLINE_GROUPS * page->count + block]) & page->telling;
    const int64_t far = page->elements[E_FAR * page->all + place];
    if (own || (far & page->telling))
        return first_bit(page, own ? own : far & page->telling);
    if (far & page->navigation)
        return (int)page->names;
    return page->elements[E_HIDDEN * page->all + place] ? (int)page->names + 1 : -1;
}

static int by_text(const Reasons *page, Py_ssize_t block, int64_t place) {
    const double size = ((const double *)page->blocks)[CHARS * page->count + block];
    const int64_t tag = page->elements[E_TAG * page->all + place];
    if (((const double *)page->blocks)[LINK_SHARE * page->count + block] > MANY_LINKS)
        return LINKS;
    if (page->after_junk[block] >= 0 || (size < HEADING_CHARS && page->junk_headings[block]))
        return RELATED;
    if (size < NOTICE_CHARS && page->words[NOTICE_WORDS * page->count + block] > 0)
        return NOTICE;
    if (page->blocks[IS_LABEL * page->count + block])
        return LABEL;
    return tag >= H2 && tag <= H6 ? HEADING : size < SHORT_CHARS ? SHORT_LINE : NO_TEXT;
}

static int are_a_page(const Py_buffer *given, Reasons *page) {
    page->count = given[0].len / NUMBER / BLOCK_ROWS;
    page->all = given[3].len / NUMBER / ELEMENT_ROWS;
    page->names = given[5].len / NUMBER;
    if (given[0].len != BLOCK_ROWS * page->count * NUMBER || given[1].len < WORD_ROWS * page->count * NUMBER ||
        given[2].len != page->count * NUMBER || given[3].len != ELEMENT_ROWS * page->all * NUMBER || given[4].len != page->count)
        return odd_array() == 0;
    int64_t bits = 0;
    for (Py_ssize_t at = 0; at < page->names; at++)
        bits |= page->bits[at];
    page->telling &= bits; /* so that first_bit ends */
    if (!all_within(page->blocks + PLACE * page->count, page->count, page->all))
        return odd_place() == 0;
    return 1;
}

/* ---- blocks behind a heading like "Related articles": facts.py ---- */

#define FAR 20

/* Whether such a heading stands here, and not a sentence that begins like one. */
static int is_junk(const Reasons *page, Py_ssize_t block, int is_heading, PyObject *text) {
    static const Py_UCS4 ENDS[] = {'.', '!', '?', 0x3002, ','};
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (!page->junk_headings[block] || is_heading)
        return page->junk_headings[block] != 0;
    for (size_t end = 0; end < sizeof ENDS / sizeof *ENDS; end++)
        if (length > 0 && PyUnicode_READ_CHAR(text, length - 1) == ENDS[end])
            return 0;
    return 1;
}

static int fill_after_junk(const Reasons *page, PyObject *texts, PyObject *keys, int64_t *out) {
    int64_t junk = -1, heading = -1;
    for (Py_ssize_t at = 0; at < page->count; at++) {
        PyObject *text = PyList_GET_ITEM(texts, at), *key = PyList_GET_ITEM(keys, at);
        const int64_t tag = page->elements[E_TAG * page->all + page->blocks[PLACE * page->count + at]];
        const int is_heading = tag >= H2 && tag <= H6;
        if (!PyUnicode_Check(text) || !PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "a block's text is no str");
            return -1;
        }
        if (is_junk(page, at, is_heading, text))
            junk = at;
        if (is_heading && PyUnicode_GET_LENGTH(text) < HEADING_CHARS && PyUnicode_GET_LENGTH(key) < HEADING_CHARS)
            heading = at;
        const int64_t far = junk < 0 ? FAR : Py_MIN(FAR, at - junk);
        out[at] = junk < 0 || heading > junk ? -far - 1 : far;
    }
    return 0;
}

PyDoc_STRVAR(after_junk_heading_doc, "after_junk_heading(blocks, elements, junk_headings, texts, keys) -> bytearray of int64\n\n"
                                     "As facts.after_junk_heading.");

static PyObject *after_junk_heading(PyObject *module, PyObject *args) {
    Py_buffer given[3] = {{0}};
    PyObject *texts, *keys, *found = NULL;
    Reasons page = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*y*O!O!", &given[0], &given[1], &given[2], &PyList_Type, &texts, &PyList_Type, &keys))
        goto done;
    page.count = given[0].len / NUMBER / BLOCK_ROWS;
    page.all = given[1].len / NUMBER / ELEMENT_ROWS;
    page.blocks = given[0].buf;
    page.elements = given[1].buf;
    page.junk_headings = given[2].buf;
    if (given[0].len != BLOCK_ROWS * page.count * NUMBER || given[1].len != ELEMENT_ROWS * page.all * NUMBER || given[2].len != page.count ||
        PyList_GET_SIZE(texts) != page.count || PyList_GET_SIZE(keys) != page.count)
        odd_array();
    else if (!all_within(page.blocks + PLACE * page.count, page.count, page.all))
        odd_place();
    else if ((found = room_for(1, page.count)) != NULL && fill_after_junk(&page, texts, keys, numbers_of(found)) < 0)
        Py_CLEAR(found);
done:
    release_arrays(given, 3);
    return found;
}

PyDoc_STRVAR(reasons_of_cuts_doc,
             "reasons_of_cuts(blocks, words, after_junk, elements, junk_headings, bits, telling, navigation) -> bytes\n\n"
             "As reasons.reasons_of_cuts without its headlines and captions: for each block a place among `bits`, then navigation\n"
             "and hidden, then the places of OF_TEXT.");

static PyObject *reasons_of_cuts(PyObject *module, PyObject *args) {
    Py_buffer given[6] = {{0}};
    long long telling, navigation;
    Reasons page = {0};
    PyObject *found = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*LL", &given[0], &given[1], &given[2], &given[3], &given[4], &given[5], &telling, &navigation))
        goto done;
    page = (Reasons){given[0].buf, given[1].buf, given[2].buf, given[3].buf, given[5].buf, given[4].buf, 0, 0, 0, telling, navigation};
    if (are_a_page(given, &page) && (found = PyBytes_FromStringAndSize(NULL, page.count)) != NULL)
        for (Py_ssize_t at = 0; at < page.count; at++) {
            const int64_t place = page.blocks[PLACE * page.count + at];
            const int named = by_name(&page, at, place);
            PyBytes_AS_STRING(found)[at] = (char)(named >= 0 ? named : page.names + 2 + by_text(&page, at, place));
        }
done:
    release_arrays(given, 6);
    return found;
}

/* ---- the ledger: keep.py and ledger.py ---- */

enum { BLOCK, KEPT, REASON, RULE, SCORE, JUDGED };
#define KEYS (JUDGED + 1) /* of a line: text and kind in place of the block */

enum { TEXT, KIND, BLOCK_SLOTS };
static const char *const BLOCK_SLOT[] = {"text", "kind"};

static struct {
    PyTypeObject *type;
    PyMemberDef *slot[BLOCK_SLOTS];
} block_class;

PyDoc_STRVAR(bind_doc, "bind(block)\n\nKeep the house's class of blocks. Raises ImportError for one of another make.");

static PyObject *bind(PyObject *module, PyObject *block) {
    (void)module;
    if (!PyType_Check(block))
        return PyErr_Format(PyExc_ImportError, "blocks have a class");
    if (find_slots((PyTypeObject *)block, BLOCK_SLOT, BLOCK_SLOTS, block_class.slot) < 0)
        return NULL;
    Py_XSETREF(block_class.type, (PyTypeObject *)Py_NewRef(block));
    Py_RETURN_NONE;
}

static int all_lists_of(PyObject *const *lists, int number, Py_ssize_t count) {
    for (int at = 0; at < number; at++)
        if (!PyList_Check(lists[at]) || PyList_GET_SIZE(lists[at]) != count) {
            PyErr_SetString(PyExc_ValueError, "lists of one length are asked for");
            return 0;
        }
    return 1;
}

PyDoc_STRVAR(judged_blocks_doc, "judged_blocks(type, blocks, kept, said, why, rules, scores) -> list of that type\n\n"
                                "As keep.judged_blocks: a judged block of each block; its reason is what was said, or why it would be cut.");

static PyObject *judged_blocks(PyObject *module, PyObject *args) {
    PyTypeObject *type;
    PyObject *blocks, *row[5], *found;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!OOOOO", &PyType_Type, &type, &PyTuple_Type, &blocks, &row[0], &row[1], &row[2], &row[3], &row[4]) ||
        !all_lists_of(row, 5, PyTuple_GET_SIZE(blocks)))
        return NULL;
    if (!PyType_IsSubtype(type, &PyTuple_Type))
        return PyErr_Format(PyExc_TypeError, "%s is no tuple", type->tp_name);
    const Py_ssize_t count = PyTuple_GET_SIZE(blocks);
    if ((found = PyList_New(count)) == NULL)
        return NULL;
    for (Py_ssize_t at = 0; at < count; at++) {
        PyObject *said = PyList_GET_ITEM(row[1], at), *one = type->tp_alloc(type, JUDGED);
        if (one == NULL) {
            Py_DECREF(found);
            return NULL;
        }
        if (PyUnicode_Check(said) && PyUnicode_GET_LENGTH(said) == 0)
            said = PyList_GET_ITEM(row[2], at);
        PyTuple_SET_ITEM(one, BLOCK, Py_NewRef(PyTuple_GET_ITEM(blocks, at)));
        PyTuple_SET_ITEM(one, KEPT, Py_NewRef(PyList_GET_ITEM(row[0], at)));
        PyTuple_SET_ITEM(one, REASON, Py_NewRef(said));
        PyTuple_SET_ITEM(one, RULE, Py_NewRef(PyList_GET_ITEM(row[3], at)));
        PyTuple_SET_ITEM(one, SCORE, Py_NewRef(PyList_GET_ITEM(row[4], at)));
        PyList_SET_ITEM(found, at, one);
    }
    return found;
}

#define THOUSAND 1000.0
#define NEAR_HALF 1e-6

/* A score in thousandths, as ledger.in_thousandths. */
static PyObject *in_thousandths(PyObject *score) {
    if (!PyFloat_CheckExact(score))
        return Py_NewRef(score);
    const double scaled = PyFloat_AS_DOUBLE(score) * THOUSAND;
    if (fabs(fabs(scaled - trunc(scaled)) - 0.5) < NEAR_HALF || !isfinite(scaled))
        return PyObject_CallMethod(score, "__round__", "i", 3);
    return PyFloat_FromDouble(rint(scaled) / THOUSAND);
}

static PyObject *line_of(PyObject *judged, PyObject *empty, PyObject *const *keys) {
    PyObject *block = PyTuple_Check(judged) && PyTuple_GET_SIZE(judged) == JUDGED ? PyTuple_GET_ITEM(judged, BLOCK) : NULL;
    if (block == NULL || !Py_IS_TYPE(block, block_class.type))
        return PyErr_Format(PyExc_TypeError, "%s is no judged block", Py_TYPE(judged)->tp_name);
    PyObject *text = held(block, block_class.slot[TEXT]), *kind = held(block, block_class.slot[KIND]);
    PyObject *score = in_thousandths(PyTuple_GET_ITEM(judged, SCORE)), *line = PyDict_Copy(empty);
    PyObject *const values[KEYS] = {text, kind, PyTuple_GET_ITEM(judged, KEPT), PyTuple_GET_ITEM(judged, REASON), PyTuple_GET_ITEM(judged, RULE),
                                    score};
    for (int at = 0; line != NULL && at < KEYS; at++)
        if (values[at] == NULL || PyDict_SetItem(line, keys[at], values[at]) < 0)
            Py_CLEAR(line);
    if (line == NULL && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "a block is not whole");
    Py_XDECREF(score);
    return line;
}

/* With all keys and no values: a copy of it is made at once, where six keys one after the other make it grow. */
static PyObject *empty_line(PyObject *keys) {
    PyObject *line = PyDict_New();
    for (int at = 0; line != NULL && at < KEYS; at++)
        if (PyDict_SetItem(line, PyTuple_GET_ITEM(keys, at), Py_None) < 0)
            Py_CLEAR(line);
    return line;
}

PyDoc_STRVAR(lines_of_doc, "lines_of(judged, keys) -> tuple of dicts\n\nAs ledger.ledger_of.");

static PyObject *lines_of(PyObject *module, PyObject *args) {
    PyObject *judged, *keys, *empty, *lines;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!", &PyTuple_Type, &judged, &PyTuple_Type, &keys))
        return NULL;
    if (PyTuple_GET_SIZE(keys) != KEYS || block_class.type == NULL)
        return PyErr_Format(PyExc_ValueError, "a line has %d keys", KEYS);
    if ((empty = empty_line(keys)) == NULL)
        return NULL;
    lines = PyTuple_New(PyTuple_GET_SIZE(judged));
    for (Py_ssize_t at = 0; lines != NULL && at < PyTuple_GET_SIZE(judged); at++) {
        PyObject *line = line_of(PyTuple_GET_ITEM(judged, at), empty, &PyTuple_GET_ITEM(keys, 0));
        if (line == NULL)
            Py_CLEAR(lines);
        else
            PyTuple_SET_ITEM(lines, at, line);
    }
    Py_DECREF(empty);
    return lines;
}

/* ---- which texts a longer one may say again: rules/repeats.py ---- */

#define HEAD 16 /* letters; as in repeats.py */
#define FACTOR 0x9E3779B97F4A7C15u
#define MIXER 0xFF51AFD7ED558CCDu

typedef struct { /* the head of a text that is asked for; open addressing */
    uint64_t hash;
    PyObject *text; /* NULL: a free slot */
    Py_ssize_t times;
} Head;

typedef struct {
    Head *slots;
    size_t mask;
    uint64_t leaving; /* what the first letter of a window counts */
} Heads;

static Head *slot_of(const Heads *heads, uint64_t hash) {
    size_t slot = (hash * MIXER >> 32) & heads->mask;
    while (heads->slots[slot].text != NULL && heads->slots[slot].hash != hash)
        slot = (slot + 1) & heads->mask;
    return &heads->slots[slot];
}

static uint64_t hash_of_head(PyObject *text) {
    uint64_t hash = 0;
    for (Py_ssize_t at = 0; at < HEAD; at++)
        hash = hash * FACTOR + PyUnicode_READ_CHAR(text, at);
    return hash;
}

/* Each stretch of a text that is some head adds one to its times. */
static inline __attribute__((always_inline)) void count_heads(const Heads *heads, const int width, const void *letters, Py_ssize_t length) {
    uint64_t hash = 0;
    for (Py_ssize_t at = 0; at < length; at++) {
        if (at >= HEAD)
            hash -= heads->leaving * PyUnicode_READ(width, letters, at - HEAD);
        hash = hash * FACTOR + PyUnicode_READ(width, letters, at);
        if (at >= HEAD - 1)
            slot_of(heads, hash)->times++; /* of a free slot nobody asks */
    }
}

static void count_heads_in(const Heads *heads, PyObject *text) {
    const int width = PyUnicode_KIND(text);
    const void *letters = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (width == PyUnicode_1BYTE_KIND)
        count_heads(heads, PyUnicode_1BYTE_KIND, letters, length);
    else if (width == PyUnicode_2BYTE_KIND)
        count_heads(heads, PyUnicode_2BYTE_KIND, letters, length);
    else
        count_heads(heads, PyUnicode_4BYTE_KIND, letters, length);
}

static int make_heads(Heads *heads, PyObject *texts, Py_ssize_t shortest) {
    size_t slots = 64;
    while (slots < 4 * (size_t)PyList_GET_SIZE(texts))
        slots *= 2;
    *heads = (Heads){PyMem_Calloc(slots, sizeof(Head)), slots - 1, 1};
    if (heads->slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int at = 1; at < HEAD; at++)
        heads->leaving *= FACTOR;
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(texts); at++) {
        PyObject *text = PyList_GET_ITEM(texts, at);
        if (PyUnicode_GET_LENGTH(text) >= shortest) {
            const uint64_t hash = hash_of_head(text);
            Head *head = slot_of(heads, hash);
            head->hash = hash;
            head->text = text;
        }
    }
    return 0;
}

PyDoc_STRVAR(begin_again_doc, "begin_again(texts, shortest) -> list of places\n\nAs repeats.begin_again.");

static PyObject *begin_again(PyObject *module, PyObject *args) {
    PyObject *texts, *found;
    Py_ssize_t shortest;
    Heads heads;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!n", &PyList_Type, &texts, &shortest))
        return NULL;
    if (shortest < HEAD)
        return PyErr_Format(PyExc_ValueError, "texts of %d letters or more are looked for", HEAD);
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(texts); at++)
        if (!PyUnicode_Check(PyList_GET_ITEM(texts, at)))
            return PyErr_Format(PyExc_TypeError, "a block's text is no str");
    if ((found = PyList_New(0)) == NULL || make_heads(&heads, texts, shortest) < 0) {
        Py_XDECREF(found);
        return NULL;
    }
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(texts); at++)
        count_heads_in(&heads, PyList_GET_ITEM(texts, at));
    for (Py_ssize_t at = 0; found != NULL && at < PyList_GET_SIZE(texts); at++) {
        PyObject *text = PyList_GET_ITEM(texts, at);
        if (PyUnicode_GET_LENGTH(text) >= shortest && slot_of(&heads, hash_of_head(text))->times > 1) {
            PyObject *place = PyLong_FromSsize_t(at);
            if (place == NULL || PyList_Append(found, place) < 0)
                Py_CLEAR(found);
            Py_XDECREF(place);
        }
    }
    PyMem_Free(heads.slots);
    return found;
}

static PyMethodDef METHODS[] = {
    {"bind", bind, METH_O, bind_doc},
    {"sum_trees", sum_trees, METH_VARARGS, sum_trees_doc},
    {"after_junk_heading", after_junk_heading, METH_VARARGS, after_junk_heading_doc},
    {"reasons_of_cuts", reasons_of_cuts, METH_VARARGS, reasons_of_cuts_doc},
    {"judged_blocks", judged_blocks, METH_VARARGS, judged_blocks_doc},
    {"lines_of", lines_of, METH_VARARGS, lines_of_doc},
    {"begin_again", begin_again, METH_VARARGS, begin_again_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_verdicts",
    .m_doc = "From features to the ledger, compiled; boosted_trees.py, reasons.py, keep.py and ledger.py are the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__verdicts(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
