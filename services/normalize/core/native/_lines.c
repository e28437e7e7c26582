/* What is asked of words and short lines in C: texts folded and compared, words counted, names and terms found in them, a first
 * look at every line around an article. Python's are the reference (core/words, core/line_looks.py and who binds a table here);
 * tests/normalize/core/words/test_compiled_lines.py holds them equal. docs/decisions/0125. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "_hashes.h"

#define EDITION 1 /* compiled_lines.py takes no other */

/* ---- letters ---- */

#define TABLED 0x2100 /* letters below this have an entry in the tables; most texts hold no others */
enum { BLANK, SKIP, ASK, SHARP_S }; /* in `folds`, besides letters, the first of which is a figure */
enum { IS_WORD = 1, IS_LETTER = 2, IS_DECIMAL = 4, IS_SPACE = 8, IS_ALPHA = 16, IS_ALNUM = 32 };

static Py_UCS2 folds[TABLED], lowers[TABLED], cases[TABLED]; /* cases: ASK where one letter's casefold is not one letter */
static unsigned char kinds[TABLED];

static unsigned kind_by_python(Py_UCS4 letter) {
    const int word = Py_UNICODE_ISALNUM(letter), decimal = Py_UNICODE_ISDECIMAL(letter);
    return (unsigned)(((word || letter == '_') ? IS_WORD : 0) | (word && !decimal ? IS_LETTER : 0) | (decimal ? IS_DECIMAL : 0) |
                      (Py_UNICODE_ISSPACE(letter) ? IS_SPACE : 0) | (Py_UNICODE_ISALPHA(letter) ? IS_ALPHA : 0) | (word ? IS_ALNUM : 0));
}

static inline unsigned kind_of(Py_UCS4 letter) { return letter < TABLED ? kinds[letter] : kind_by_python(letter); }

typedef struct {
    int width;
    const void *letters;
    Py_ssize_t length;
} Text;

static Text text_of(PyObject *text) { return (Text){(int)PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)}; }

static inline Py_UCS4 at(const Text *text, Py_ssize_t place) { return PyUnicode_READ(text->width, text->letters, place); }

/* The text with a width that is known where this stands, so that the compiler makes a loop for each. */
static Py_ALWAYS_INLINE inline Text of_width(int width, const Text *text) { return (Text){width, text->letters, text->length}; }
#define BY_WIDTH(function, text)                                                                                                      \
    ((text).width == PyUnicode_1BYTE_KIND   ? function(of_width(PyUnicode_1BYTE_KIND, &(text)))                                       \
     : (text).width == PyUnicode_2BYTE_KIND ? function(of_width(PyUnicode_2BYTE_KIND, &(text)))                                       \
                                            : function(of_width(PyUnicode_4BYTE_KIND, &(text))))

static int is_text(PyObject *text) {
    if (PyUnicode_Check(text))
        return 1;
    PyErr_Format(PyExc_TypeError, "a text is a str, not %.100s", Py_TYPE(text)->tp_name);
    return 0;
}

/* ---- words to find again ---- */

#define LONGEST 24

typedef struct {
    Py_UCS2 letters[LONGEST];
    uint32_t length, value; /* length 0: a free slot */
    uint64_t seen;          /* the number of the text in which it was found last */
} Word;

typedef struct { /* open addressing */
    Word *slots;
    size_t mask;
} Table;

typedef struct { /* a word while it is read; one that is longer than all of a table is none of its words */
    Py_UCS2 letters[LONGEST];
    uint32_t length, hash;
} Read;

#define NO_LETTERS ((Read){.hash = NO_LETTER})
static uint64_t texts_read;

static inline void take_letter(Read *word, Py_UCS4 letter) {
    if (word->length < LONGEST && letter <= 0xFFFF) {
        word->letters[word->length++] = (Py_UCS2)letter;
        word->hash = with_letter(word->hash, letter);
    } else
        word->length = LONGEST + 1;
}

static Word *find(const Table *table, const Read *word) {
    size_t slot = mixed(word->hash) & table->mask;
    for (; table->slots[slot].length; slot = (slot + 1) & table->mask)
        if (table->slots[slot].length == word->length && memcmp(table->slots[slot].letters, word->letters, 2 * word->length) == 0)
            break;
    return &table->slots[slot];
}

static int is_known(const Table *table, const Read *word) {
    return table->slots != NULL && word->length >= 1 && word->length <= LONGEST && find(table, word)->length > 0;
}

static int add_word(Table *table, PyObject *text, uint32_t value) {
    Read word = NO_LETTERS;
    if (!is_text(text))
        return -1;
    const Text letters = text_of(text);
    for (Py_ssize_t place = 0; place < letters.length; place++)
        take_letter(&word, at(&letters, place));
    if (word.length < 1 || word.length > LONGEST) {
        PyErr_Format(PyExc_ValueError, "%R: words have 1 to %d letters", text, LONGEST);
        return -1;
    }
    Word *slot = find(table, &word);
    memcpy(slot->letters, word.letters, sizeof word.letters);
    slot->length = word.length;
    slot->value = value;
    return 0;
}

static void empty_table(Table *table) {
    PyMem_Free(table->slots);
    *table = (Table){0};
}

/* A table of the words of an iterable in the place of another: the values are their numbers, or what a dict has for them. */
static int fill_table(Table *table, PyObject *words) {
    PyObject *all = PySequence_Fast(words, "words are a collection of str");
    size_t slots = 16;
    Table fresh = {0};
    if (all == NULL)
        return -1;
    while (slots < 4 * (size_t)PySequence_Fast_GET_SIZE(all))
        slots *= 2;
    if ((fresh.slots = PyMem_Calloc(slots, sizeof(Word))) == NULL)
        PyErr_NoMemory();
    fresh.mask = slots - 1;
    for (Py_ssize_t n = 0; !PyErr_Occurred() && n < PySequence_Fast_GET_SIZE(all); n++) {
        PyObject *word = PySequence_Fast_GET_ITEM(all, n), *value = PyDict_Check(words) ? PyDict_GetItemWithError(words, word) : NULL;
        add_word(&fresh, word, value != NULL ? (uint32_t)PyLong_AsUnsignedLong(value) : (uint32_t)n);
    }
    Py_DECREF(all);
    if (PyErr_Occurred()) {
        empty_table(&fresh);
        return -1;
    }
    empty_table(table);
    *table = fresh;
    return 0;
}

/* ---- folding: plain_words.folded ---- */

static PyObject *fold_by_python;
#define ON_STACK 1024

PyDoc_STRVAR(bind_folding_doc, "bind_folding(folds, cases, folded)\n\nKeep the tables of plain_words.py, 16 bits a letter, and the function that is "
                               "asked where they do not tell.\nRaises ValueError for tables of another size.");

static PyObject *bind_folding(PyObject *module, PyObject *args) {
    PyObject *folded;
    Py_buffer table, simple;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*O", &table, &simple, &folded))
        return NULL;
    const int fits = table.len == sizeof folds && simple.len == sizeof cases;
    if (fits) {
        memcpy(folds, table.buf, sizeof folds);
        memcpy(cases, simple.buf, sizeof cases);
        Py_XSETREF(fold_by_python, Py_NewRef(folded));
    } else
        PyErr_Format(PyExc_ValueError, "tables are of %d letters, 16 bits each", TABLED);
    PyBuffer_Release(&table);
    PyBuffer_Release(&simple);
    if (!fits)
        return NULL;
    Py_RETURN_NONE;
}

/* The folded text into `out`, which has room for twice its letters; how many letters it has, -1 where Python must be asked.
 * `width` is known where this is called, so that the compiler makes a loop for each. */
static Py_ALWAYS_INLINE inline Py_ssize_t fold_letters(int width, const Text *text, Py_UCS2 *out) {
    Py_ssize_t length = 0;
    int parted = 0;
    for (Py_ssize_t place = 0; place < text->length; place++) {
        const Py_UCS4 letter = PyUnicode_READ(width, text->letters, place);
        const Py_UCS2 fold = letter < TABLED ? folds[letter] : ASK;
        if (fold == BLANK)
            parted = 1;
        else if (fold == ASK)
            return -1;
        else if (fold != SKIP) {
            if (parted && length > 0)
                out[length++] = ' ';
            parted = 0;
            out[length++] = fold == SHARP_S ? 's' : fold;
            if (fold == SHARP_S)
                out[length++] = 's';
        }
    }
    return length;
}

static Py_ssize_t fold_into(const Text *text, Py_UCS2 *out) {
    if (text->width == PyUnicode_1BYTE_KIND)
        return fold_letters(PyUnicode_1BYTE_KIND, text, out);
    return text->width == PyUnicode_2BYTE_KIND ? fold_letters(PyUnicode_2BYTE_KIND, text, out) : fold_letters(PyUnicode_4BYTE_KIND, text, out);
}

static PyObject *asked_to_fold(PyObject *text) {
    if (fold_by_python != NULL)
        return PyObject_CallOneArg(fold_by_python, text);
    PyErr_SetString(PyExc_RuntimeError, "bind_folding comes first");
    return NULL;
}

PyDoc_STRVAR(plain_doc, "plain(text) -> str\n\nAs plain_words.folded.");

static PyObject *plain(PyObject *module, PyObject *text) {
    Py_UCS2 small[2 * ON_STACK], *out = small;
    PyObject *folded = NULL;
    (void)module;
    if (!is_text(text))
        return NULL;
    const Text letters = text_of(text);
    if (letters.length > ON_STACK && (out = PyMem_New(Py_UCS2, 2 * (size_t)letters.length)) == NULL)
        return PyErr_NoMemory();
    const Py_ssize_t length = fold_into(&letters, out);
    folded = length < 0 ? asked_to_fold(text) : PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, out, length);
    if (out != small)
        PyMem_Free(out);
    return folded;
}

/* Whether a line folds to `key` and is at most `marks` letters longer or shorter; -1 on an error. */
static int says(PyObject *line, PyObject *key, Py_ssize_t marks) {
    Py_UCS2 out[2 * ON_STACK];
    const Text text = text_of(line), wanted = text_of(key);
    const Py_ssize_t apart = text.length - wanted.length;
    if (wanted.length == 0 || apart > marks || -apart > marks)
        return 0;
    const Py_ssize_t length = text.length <= ON_STACK ? fold_into(&text, out) : -1;
    if (length < 0) {
        PyObject *folded = asked_to_fold(line);
        const int same = folded != NULL ? PyUnicode_Check(folded) && PyUnicode_Compare(folded, key) == 0 : -1;
        Py_XDECREF(folded);
        return same;
    }
    for (Py_ssize_t place = 0; length == wanted.length && place < length; place++)
        if (out[place] != at(&wanted, place))
            return 0;
    return length == wanted.length;
}

/* ---- counting ---- */

PyDoc_STRVAR(count_words_doc, "count_words(text) -> int\n\nAs len(text.split()).");

static Py_ALWAYS_INLINE inline Py_ssize_t words_in(Text text) {
    Py_ssize_t words = 0;
    unsigned before = IS_SPACE;
    for (Py_ssize_t place = 0; place < text.length; place++) {
        const unsigned kind = kind_of(at(&text, place));
        words += (before & ~kind & IS_SPACE) != 0;
        before = kind;
    }
    return words;
}

static PyObject *count_words(PyObject *module, PyObject *text) {
    (void)module;
    if (!is_text(text))
        return NULL;
    const Text letters = text_of(text);
    return PyLong_FromSsize_t(BY_WIDTH(words_in, letters));
}

static struct {
    Table words; /* word → a bit for each language that has it */
    int languages;
} small_words;

PyDoc_STRVAR(bind_small_words_doc, "bind_small_words(words, languages)\n\nKeep words in lower case, each with the bits of its languages.");

static PyObject *bind_small_words(PyObject *module, PyObject *args) {
    PyObject *words;
    int languages;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!i", &PyDict_Type, &words, &languages))
        return NULL;
    if (languages < 1 || languages > 32)
        return PyErr_Format(PyExc_ValueError, "1 to 32 languages");
    if (fill_table(&small_words.words, words) < 0)
        return NULL;
    small_words.languages = languages;
    Py_RETURN_NONE;
}

static void count_languages(const Read *word, long *counts) {
    if (!is_known(&small_words.words, word))
        return;
    for (uint32_t language = 0, bits = find(&small_words.words, word)->value; bits >> language; language++) {
        counts[language] += bits >> language & 1;
        if (language == 31)
            break;
    }
}

static inline Py_UCS4 lower(Py_UCS4 letter) { return letter < TABLED ? lowers[letter] : Py_UNICODE_TOLOWER(letter); }

#define I_WITH_DOT 0x130 /* two letters in lower case: an i, and a sign that is none and ends the word */

PyDoc_STRVAR(count_small_words_doc, "count_small_words(text) -> list[int]\n\nAs language.count_small_words.");

static PyObject *count_small_words(PyObject *module, PyObject *text) {
    long counts[32] = {0};
    Read word = NO_LETTERS;
    (void)module;
    if (!is_text(text))
        return NULL;
    const Text letters = text_of(text);
    for (Py_ssize_t place = 0; place < letters.length; place++) {
        const Py_UCS4 written = at(&letters, place), letter = written == I_WITH_DOT ? 'i' : lower(written);
        if (kind_of(letter) & IS_LETTER)
            take_letter(&word, letter);
        if (written == I_WITH_DOT || !(kind_of(letter) & IS_LETTER)) {
            count_languages(&word, counts);
            word = NO_LETTERS;
        }
    }
    count_languages(&word, counts);
    PyObject *found = PyList_New(small_words.languages);
    for (int language = 0; found != NULL && language < small_words.languages; language++)
        PyList_SET_ITEM(found, language, PyLong_FromLong(counts[language]));
    return found;
}

/* ---- names: cites.first_words_in ---- */

static struct {
    Table words;
    PyObject *spelled; /* a tuple; the words' values are places in it */
    unsigned char begins[TABLED];
} names;

PyDoc_STRVAR(bind_names_doc, "bind_names(words, beginnings)\n\nKeep the first words of names, a tuple, and the letters that any capitalised word begins with.");

static PyObject *bind_names(PyObject *module, PyObject *args) {
    PyObject *words, *beginnings;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!U", &PyTuple_Type, &words, &beginnings) || fill_table(&names.words, words) < 0)
        return NULL;
    const Text letters = text_of(beginnings);
    memset(names.begins, 0, sizeof names.begins);
    for (Py_ssize_t place = 0; place < letters.length; place++)
        if (at(&letters, place) < TABLED)
            names.begins[at(&letters, place)] = 1;
    Py_XSETREF(names.spelled, Py_NewRef(words));
    Py_RETURN_NONE;
}

PyDoc_STRVAR(names_in_doc, "names_in(text) -> list[str]\n\nAs cites.first_words_in: the words bound that stand in the text, each once.");

static PyObject *names_in(PyObject *module, PyObject *text) {
    (void)module;
    if (!is_text(text))
        return NULL;
    PyObject *found = PyList_New(0);
    const Text letters = text_of(text);
    texts_read++;
    for (Py_ssize_t place = 0; found != NULL && names.spelled != NULL && place < letters.length; place++) {
        const Py_UCS4 first = at(&letters, place);
        if (first >= TABLED || !names.begins[first])
            continue;
        Read word = NO_LETTERS;
        for (; place < letters.length && (at(&letters, place) == '-' || kind_of(at(&letters, place)) & IS_WORD); place++)
            take_letter(&word, at(&letters, place));
        place--;
        if (!is_known(&names.words, &word))
            continue;
        Word *known = find(&names.words, &word);
        if (known->seen != texts_read && PyList_Append(found, PyTuple_GET_ITEM(names.spelled, known->value)) < 0)
            Py_CLEAR(found);
        known->seen = texts_read;
    }
    return found;
}

/* ---- terms of topics: topic_words.find_words_asked ---- */

static struct {
    PyObject *set; /* the frozenset that `starts` was made of */
    Table starts;
} terms;

static inline int is_apostrophe(Py_UCS4 letter) { return letter == '\'' || letter == 0x2019 || letter == 0x2BC; }
static inline int is_ascii_letter(Py_UCS4 letter) { return (letter | 32) >= 'a' && (letter | 32) <= 'z'; }
static inline Py_UCS4 letter_at(const Text *text, Py_ssize_t place) { return place < text->length ? at(text, place) : 0; }

static Py_ALWAYS_INLINE inline Py_ssize_t end_of_run(const Text *text, Py_ssize_t place) {
    while (place < text->length && kind_of(at(text, place)) & IS_ALNUM)
        place++;
    return place;
}

/* Where the word ends that begins at `place`; there where none does. */
static Py_ALWAYS_INLINE inline Py_ssize_t end_of_word(const Text *text, Py_ssize_t place) {
    Py_ssize_t end = place;
    while (is_ascii_letter(letter_at(text, end)) && letter_at(text, end + 1) == '.')
        end += 2;
    if (end - place >= 4)
        return end;
    end = end_of_run(text, place);
    while (end > place && is_apostrophe(letter_at(text, end)) && end_of_run(text, end + 1) > end + 1)
        end = end_of_run(text, end + 1);
    return end;
}

typedef struct {
    Py_ssize_t begin, end;
} Span;

typedef struct {
    Span *spans;
    Py_ssize_t count, room;
} Spans;

static int add_span(Spans *words, Py_ssize_t begin, Py_ssize_t end) {
    if (words->count == words->room) {
        const Py_ssize_t room = Py_MAX(256, 2 * words->room);
        Span *more = PyMem_Realloc(words->spans, (size_t)room * sizeof(Span));
        if (more == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        words->spans = more;
        words->room = room;
    }
    words->spans[words->count++] = (Span){begin, end};
    return 0;
}

static Py_ALWAYS_INLINE inline int split_words(Text text, Spans *words) {
    for (Py_ssize_t place = 0; place < text.length;) {
        const Py_ssize_t end = kind_of(at(&text, place)) & IS_ALNUM ? end_of_word(&text, place) : place;
        if (end > place && add_span(words, place, end) < 0)
            return -1;
        place = Py_MAX(end, place + 1);
    }
    return 0;
}

/* Whether the first three letters of a word, folded, are among the starts; -1 on an error. */
static int is_start(PyObject *text, const Text *letters, Span word, PyObject *fold) {
    Read start = NO_LETTERS;
    for (Py_ssize_t place = word.begin; place < Py_MIN(word.end, word.begin + 3); place++) {
        const Py_UCS4 letter = at(letters, place), folded = letter < TABLED ? cases[letter] : ASK;
        if (folded == ASK) {
            PyObject *spelled = PyUnicode_Substring(text, word.begin, word.end);
            PyObject *low = spelled != NULL ? PyObject_CallOneArg(fold, spelled) : NULL;
            PyObject *head = low != NULL && is_text(low) ? PyUnicode_Substring(low, 0, 3) : NULL;
            const int found = head != NULL ? PySet_Contains(terms.set, head) : -1;
            Py_XDECREF(spelled);
            Py_XDECREF(low);
            Py_XDECREF(head);
            return found;
        }
        take_letter(&start, is_apostrophe(folded) ? '\'' : folded);
    }
    return is_known(&terms.starts, &start);
}

/* The object that `known` has for an equal one, in whose place it comes: a page of a million equal words takes the room of few. */
static PyObject *shared(PyObject *known, PyObject *one) {
    PyObject *first = one != NULL ? PyDict_SetDefault(known, one, one) : NULL;
    Py_XINCREF(first);
    Py_XDECREF(one);
    return first;
}

/* (place, the word there and those behind it, `reach` in all) */
static PyObject *asked_word(PyObject *text, const Spans *words, Py_ssize_t place, Py_ssize_t reach, PyObject *known) {
    PyObject *spelled = PyTuple_New(Py_MIN(reach, words->count - place));
    for (Py_ssize_t n = 0; spelled != NULL && n < PyTuple_GET_SIZE(spelled); n++) {
        PyObject *word = shared(known, PyUnicode_Substring(text, words->spans[place + n].begin, words->spans[place + n].end));
        if (word == NULL)
            Py_CLEAR(spelled);
        else
            PyTuple_SET_ITEM(spelled, n, word);
    }
    spelled = shared(known, spelled);
    return spelled != NULL ? Py_BuildValue("(nN)", place, spelled) : NULL;
}

static PyObject *asked_words(PyObject *text, const Text *letters, const Spans *words, PyObject *fold, Py_ssize_t reach) {
    PyObject *found = PyList_New(0), *known = PyDict_New();
    if (known == NULL)
        Py_CLEAR(found);
    for (Py_ssize_t place = 0; found != NULL && place < words->count; place++) {
        const int asked = is_start(text, letters, words->spans[place], fold);
        PyObject *word = asked == 1 ? asked_word(text, words, place, reach, known) : NULL;
        if (asked < 0 || (asked == 1 && (word == NULL || PyList_Append(found, word) < 0)))
            Py_CLEAR(found);
        Py_XDECREF(word);
    }
    Py_XDECREF(known);
    return found;
}

PyDoc_STRVAR(words_asked_doc, "words_asked(text, starts, fold, reach) -> list[tuple[int, tuple[str, ...]]]\n\nAs topic_words.find_words_asked.");

static PyObject *words_asked(PyObject *module, PyObject *args) {
    PyObject *text, *starts, *fold, *found = NULL;
    Py_ssize_t reach;
    Spans words = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "UO!On", &text, &PyFrozenSet_Type, &starts, &fold, &reach))
        return NULL;
    if (reach < 1)
        return PyErr_Format(PyExc_ValueError, "a term has at least one word");
    if (starts != terms.set) {
        if (fill_table(&terms.starts, starts) < 0)
            return NULL;
        Py_XSETREF(terms.set, Py_NewRef(starts));
    }
    const Text letters = text_of(text);
#define SPLIT(text) split_words(text, &words)
    if (BY_WIDTH(SPLIT, letters) == 0)
        found = asked_words(text, &letters, &words, fold, reach);
#undef SPLIT
    PyMem_Free(words.spans);
    return found;
}

/* ---- a first look at every line: line_looks.py ---- */

enum { BYLINE = 1, DATE = 2, CREDIT = 4, NOTICE = 8, SAID = 16 };
#define LONGEST_BYLINE 100 /* these as line_looks.py has them */
#define LONGEST_BARE_DATE 60
#define LONGEST_DATE_LINE 140
#define LONGEST_NOTICE 400
#define LONGEST_CREDIT 1000
#define UNSURE (-2) /* a letter that the tables do not tell: Python looks */

#define MOST_CUES 16

typedef struct {
    Py_UCS2 letters[LONGEST];
    Py_ssize_t length;
    int ends_word;
} Cue;

static struct {
    Table bylines, credits;
    PyObject *days, *look_of; /* a tuple of str; a function */
    Cue cues[MOST_CUES];
    int cue_count;
    uint16_t begins[TABLED]; /* the cues that begin with a letter, a bit each */
    unsigned char after_day[TABLED];
} looks;

PyDoc_STRVAR(bind_looks_doc, "bind_looks(bylines, credits, days, after_day, cues, whole, look_of)\n\nKeep the beginnings of bylines (two letters) and credit "
                             "lines (three), the ends of\ndays, the signs behind them, cues of notices, those that end a word, and Python's look.");

static int all_are_short(PyObject *tuple) {
    for (Py_ssize_t n = 0; n < PyTuple_GET_SIZE(tuple); n++) {
        if (!is_text(PyTuple_GET_ITEM(tuple, n)))
            return 0;
        if (PyUnicode_GET_LENGTH(PyTuple_GET_ITEM(tuple, n)) > LONGEST) {
            PyErr_Format(PyExc_ValueError, "%R: at most %d letters", PyTuple_GET_ITEM(tuple, n), LONGEST);
            return 0;
        }
    }
    return 1;
}

static int add_cues(PyObject *cues, int ends_word) {
    for (Py_ssize_t n = 0; n < PyTuple_GET_SIZE(cues); n++) {
        const Text text = text_of(PyTuple_GET_ITEM(cues, n));
        Cue *cue = &looks.cues[looks.cue_count];
        if (looks.cue_count == MOST_CUES || text.length == 0 || at(&text, 0) >= TABLED || text.width == PyUnicode_4BYTE_KIND) {
            PyErr_Format(PyExc_ValueError, "at most %d cues, none empty, of letters that are tabled", MOST_CUES);
            return -1;
        }
        *cue = (Cue){.length = text.length, .ends_word = ends_word};
        for (Py_ssize_t place = 0; place < text.length; place++)
            cue->letters[place] = (Py_UCS2)at(&text, place);
        looks.begins[cue->letters[0]] |= (uint16_t)(1u << looks.cue_count++);
    }
    return 0;
}

static PyObject *bind_looks(PyObject *module, PyObject *args) {
    PyObject *bylines, *credits, *days, *after, *cues, *whole, *look_of;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOO!UO!O!O", &bylines, &credits, &PyTuple_Type, &days, &after, &PyTuple_Type, &cues, &PyTuple_Type, &whole, &look_of))
        return NULL;
    memset(looks.after_day, 0, sizeof looks.after_day);
    memset(looks.begins, 0, sizeof looks.begins);
    looks.cue_count = 0;
    if (!all_are_short(days) || !all_are_short(cues) || !all_are_short(whole) || fill_table(&looks.bylines, bylines) < 0 ||
        fill_table(&looks.credits, credits) < 0 || add_cues(cues, 0) < 0 || add_cues(whole, 1) < 0)
        return NULL;
    const Text signs = text_of(after);
    for (Py_ssize_t place = 0; place < signs.length; place++)
        if (at(&signs, place) < TABLED)
            looks.after_day[at(&signs, place)] = 1;
    Py_XSETREF(looks.days, Py_NewRef(days));
    Py_XSETREF(looks.look_of, Py_NewRef(look_of));
    Py_RETURN_NONE;
}

static int begins_as(const Table *table, const Text *text, Py_ssize_t first, Py_ssize_t letters) {
    Read start = NO_LETTERS;
    for (Py_ssize_t place = first; place < Py_MIN(text->length, first + letters); place++) {
        const Py_UCS4 letter = at(text, place), folded = letter < TABLED ? cases[letter] : ASK;
        if (folded == ASK)
            return UNSURE;
        take_letter(&start, folded);
    }
    return is_known(table, &start);
}

static int begins_as_byline(const Text *text) {
    for (Py_ssize_t place = 0; place < 2; place++)
        if (place < text->length ? !(kind_of(at(text, place)) & IS_ALPHA) : place == 0)
            return 1;
    return begins_as(&looks.bylines, text, 0, 2);
}

static int begins_as_credit(const Text *text) {
    Py_ssize_t first = 0;
    while (first < text->length && (at(text, first) == '(' || at(text, first) == ' '))
        first++;
    return begins_as(&looks.credits, text, first, 3);
}

static int ends_with(const Text *text, Py_ssize_t end, PyObject *word) {
    const Text letters = text_of(word);
    if (end < letters.length)
        return 0;
    for (Py_ssize_t back = 1; back <= letters.length; back++)
        if (cases[at(text, end - back)] != at(&letters, letters.length - back))
            return 0;
    return 1;
}

/* Whether a line without figures ends as a day does, or in a sign that no day ends in. */
static int ends_as_day(const Text *text) {
    Py_ssize_t end = text->length;
    while (end > 0 && at(text, end - 1) < TABLED && looks.after_day[at(text, end - 1)])
        end--;
    if (end == 0 || !(kind_of(at(text, end - 1)) & IS_ALNUM))
        return 1;
    for (Py_ssize_t place = end - 1; place >= 0 && place >= end - LONGEST; place--)
        if (at(text, place) >= TABLED || cases[at(text, place)] == ASK)
            return UNSURE;
    for (Py_ssize_t n = 0; n < PyTuple_GET_SIZE(looks.days); n++)
        if (ends_with(text, end, PyTuple_GET_ITEM(looks.days, n)))
            return 1;
    return 0;
}

static int is_year(const Text *text, Py_ssize_t place) {
    const Py_UCS4 first = at(text, place), second = letter_at(text, place + 1);
    if (!((first == '1' && second == '9') || (first == '2' && second == '0')) || (place > 0 && kind_of(at(text, place - 1)) & IS_DECIMAL))
        return 0;
    return kind_of(letter_at(text, place + 2)) & IS_DECIMAL && kind_of(letter_at(text, place + 3)) & IS_DECIMAL &&
           !(kind_of(letter_at(text, place + 4)) & IS_DECIMAL);
}

static int may_be_date(const Text *text) {
    int figures = 0, years = 0;
    if (text->length > LONGEST_DATE_LINE)
        return 0;
    for (Py_ssize_t place = 0; place < text->length && !years; place++)
        if (kind_of(at(text, place)) & IS_DECIMAL) {
            figures = 1;
            years = is_year(text, place);
        }
    if (years || text->length > LONGEST_BARE_DATE)
        return years;
    return figures ? 1 : ends_as_day(text);
}

static Py_ALWAYS_INLINE inline int stands_at(const Text *text, Py_ssize_t place, const Cue *cue) {
    if (text->length - place < cue->length)
        return 0;
    for (Py_ssize_t n = 1; n < cue->length; n++)
        if (at(text, place + n) != cue->letters[n])
            return 0;
    return !cue->ends_word || !(kind_of(letter_at(text, place + cue->length)) & IS_WORD);
}

static Py_ALWAYS_INLINE inline int speaks_of_machines(Text text) {
    for (Py_ssize_t place = 0; place < text.length; place++) {
        const Py_UCS4 letter = at(&text, place);
        for (unsigned n = 0, bits = letter < TABLED ? looks.begins[letter] : 0; bits >> n; n++)
            if (bits >> n & 1 && stands_at(&text, place, &looks.cues[n]))
                return 1;
    }
    return 0;
}

static int look_by_python(PyObject *line) {
    PyObject *found = PyObject_CallOneArg(looks.look_of, line);
    const long look = found != NULL ? PyLong_AsLong(found) : -1;
    Py_XDECREF(found);
    return PyErr_Occurred() ? -1 : (int)look;
}

static int look_of(PyObject *line) {
    const Text text = text_of(line);
    const int byline = text.length < LONGEST_BYLINE ? begins_as_byline(&text) : 0, date = may_be_date(&text);
    const int credit = text.length <= LONGEST_CREDIT ? begins_as_credit(&text) : 0;
    if (byline == UNSURE || date == UNSURE || credit == UNSURE)
        return look_by_python(line);
    return (byline ? BYLINE : 0) | (date ? DATE : 0) | (credit ? CREDIT : 0) |
           (text.length <= LONGEST_NOTICE && BY_WIDTH(speaks_of_machines, text) ? NOTICE : 0);
}

PyDoc_STRVAR(look_at_doc, "look_at(lines, key, marks) -> bytes\n\nAs line_looks.look_at, a byte for each line.");

static PyObject *look_at(PyObject *module, PyObject *args) {
    PyObject *lines, *key, *found;
    Py_ssize_t marks;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!Un", &PyList_Type, &lines, &key, &marks))
        return NULL;
    if (looks.look_of == NULL)
        return PyErr_Format(PyExc_RuntimeError, "bind_looks comes first");
    if ((found = PyBytes_FromStringAndSize(NULL, PyList_GET_SIZE(lines))) == NULL)
        return NULL;
    for (Py_ssize_t n = 0; n < PyBytes_GET_SIZE(found); n++) {
        PyObject *line = n < PyList_GET_SIZE(lines) ? PyList_GET_ITEM(lines, n) : Py_None;
        const int look = is_text(line) ? look_of(line) : -1, said = look >= 0 ? says(line, key, marks) : -1;
        if (said < 0) {
            Py_DECREF(found);
            return NULL;
        }
        PyBytes_AS_STRING(found)[n] = (char)(look | (said ? SAID : 0));
    }
    return found;
}

static PyMethodDef METHODS[] = {
    {"bind_folding", bind_folding, METH_VARARGS, bind_folding_doc},
    {"bind_small_words", bind_small_words, METH_VARARGS, bind_small_words_doc},
    {"bind_names", bind_names, METH_VARARGS, bind_names_doc},
    {"bind_looks", bind_looks, METH_VARARGS, bind_looks_doc},
    {"plain", plain, METH_O, plain_doc},
    {"count_words", count_words, METH_O, count_words_doc},
    {"count_small_words", count_small_words, METH_O, count_small_words_doc},
    {"names_in", names_in, METH_O, names_in_doc},
    {"words_asked", words_asked, METH_VARARGS, words_asked_doc},
    {"look_at", look_at, METH_VARARGS, look_at_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_lines",
    .m_doc = "What is asked of words and short lines, compiled; Python's are the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__lines(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && (PyModule_AddIntConstant(module, "EDITION", EDITION) < 0 || PyModule_AddIntConstant(module, "TABLED", TABLED) < 0))
        Py_CLEAR(module);
    for (Py_UCS4 letter = 0; letter < TABLED; letter++) {
        kinds[letter] = (unsigned char)kind_by_python(letter);
        lowers[letter] = (Py_UCS2)Py_UNICODE_TOLOWER(letter);
        folds[letter] = cases[letter] = ASK;
    }
    return module;
}
