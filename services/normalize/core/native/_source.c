/* What source.py looks for in a page's bytes before they are parsed, in C. source.py is the reference, reader.py says which of the
 * two runs; tests/normalize/core/reading/test_compiled_source.py holds them equal. docs/decisions/0104. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define EDITION 3 /* compiled.py takes no other */
#define STRIDE 64    /* bytes looked at together */
#define STRETCH 5000 /* of source.py */

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

PyDoc_STRVAR(holds_controls_doc, "holds_controls(page) -> bool\n\nAs source.holds_controls.");

static PyObject *holds_controls(PyObject *module, PyObject *page) {
    (void)module;
    if (!PyBytes_Check(page))
        return PyErr_Format(PyExc_TypeError, "a page is bytes");
    const unsigned char *at = (const unsigned char *)PyBytes_AS_STRING(page), *end = at + PyBytes_GET_SIZE(page);
    while ((at = memchr(at, 0xC2, (size_t)(end - at))) != NULL && ++at < end)
        if (*at >= 0x80 && *at < 0xA0)
            Py_RETURN_TRUE;
    Py_RETURN_FALSE;
}

/* ---- counts ---- */

typedef unsigned char Lanes __attribute__((vector_size(16))); /* sixteen bytes, compared at once */
#define MOST_ROUNDS 255 /* a lane counts no further */

static Lanes lanes_of(const unsigned char *bytes) {
    Lanes lanes;
    memcpy(&lanes, bytes, sizeof lanes);
    return lanes;
}

static Py_ssize_t sum_of(Lanes counts) {
    Py_ssize_t sum = 0;
    for (size_t at = 0; at < sizeof counts; at++)
        sum += counts[at];
    return sum;
}

static void count_two(const unsigned char *bytes, Py_ssize_t length, unsigned char one, unsigned char two, Py_ssize_t count[2]) {
    const Lanes ones = (Lanes){0} + one, twos = (Lanes){0} + two;
    Py_ssize_t at = 0;
    while (at + (Py_ssize_t)sizeof(Lanes) <= length) {
        Lanes of_one = {0}, of_two = {0};
        for (int round = 0; round < MOST_ROUNDS && at + (Py_ssize_t)sizeof(Lanes) <= length; round++, at += sizeof(Lanes)) {
            const Lanes lanes = lanes_of(bytes + at);
            of_one -= (Lanes)(lanes == ones); /* all bits where equal: minus one */
            of_two -= (Lanes)(lanes == twos);
        }
        count[0] += sum_of(of_one);
        count[1] += sum_of(of_two);
    }
    for (; at < length; at++) {
        count[0] += bytes[at] == one;
        count[1] += bytes[at] == two;
    }
}

PyDoc_STRVAR(count_signs_doc, "count_signs(source) -> (int, int)\n\nAs source.count_signs.");

static PyObject *count_signs(PyObject *module, PyObject *source) {
    Py_ssize_t count[2] = {0, 0};
    (void)module;
    if (!PyBytes_Check(source))
        return PyErr_Format(PyExc_TypeError, "a page is bytes");
    count_two((const unsigned char *)PyBytes_AS_STRING(source), PyBytes_GET_SIZE(source), '<', '=', count);
    return Py_BuildValue("nn", count[0], count[1]);
}

static int is_control(unsigned char byte) { return (byte < 9) | ((byte > 13) & (byte < 32)) | (byte == 127); }

static Py_ssize_t count_replaced(const unsigned char *bytes, Py_ssize_t length) {
    Py_ssize_t count = 0;
    for (const unsigned char *at = bytes, *end = bytes + length; (at = memchr(at, 0xEF, (size_t)(end - at))) != NULL; at++)
        count += end - at >= 3 && at[1] == 0xBF && at[2] == 0xBD; /* U+FFFD */
    return count;
}

PyDoc_STRVAR(count_odd_doc, "count_odd(text) -> int\n\nAs source.count_odd.");

static PyObject *count_odd(PyObject *module, PyObject *text) {
    (void)module;
    if (!PyBytes_Check(text))
        return PyErr_Format(PyExc_TypeError, "a text is bytes");
    const unsigned char *bytes = (const unsigned char *)PyBytes_AS_STRING(text);
    const Py_ssize_t length = PyBytes_GET_SIZE(text);
    Py_ssize_t count = count_replaced(bytes, length), at = 0;
    for (; at + STRIDE <= length; at += STRIDE) {
        unsigned char here = 0;
        for (int each = 0; each < STRIDE; each++)
            here = (unsigned char)(here + is_control(bytes[at + each]));
        count += here;
    }
    for (; at < length; at++)
        count += is_control(bytes[at]);
    return PyLong_FromSsize_t(count);
}

/* ---- tags ---- */

typedef struct {
    const char *at, *end;
} Rest; /* what is left of a page */

static const char *find_sign(Rest rest, char sign) {
    const char *found = rest.at < rest.end ? memchr(rest.at, sign, (size_t)(rest.end - rest.at)) : NULL;
    return found != NULL ? found : rest.end;
}

static int is_letter(char sign) { return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z'); }
static int is_blank(char sign) { return sign == ' ' || (sign >= '\t' && sign <= '\r'); }
static int is_of_word(char sign) { return is_letter(sign) || (sign >= '0' && sign <= '9') || sign == '_'; }

static int begins_as(Rest rest, const char *name) {
    for (; *name; name++, rest.at++)
        if (rest.at >= rest.end || !is_letter(*rest.at) || (*rest.at | 0x20) != *name)
            return 0;
    return 1;
}

/* The tag whose content is no markup, of which this is the name; NULL for any other. */
static const char *raw_name(Rest rest) {
    static const char *const NAMES[] = {"script", "style", "title", "textarea"};
    for (size_t at = 0; at < sizeof NAMES / sizeof *NAMES; at++)
        if (begins_as(rest, NAMES[at])) {
            const char *behind = rest.at + strlen(NAMES[at]);
            return behind >= rest.end || !is_of_word(*behind) ? NAMES[at] : NULL;
        }
    return NULL;
}

/* Where the end tag of this name begins. */
static const char *find_end_tag(Rest rest, const char *name) {
    for (; (rest.at = find_sign(rest, '<')) < rest.end; rest.at++)
        if (rest.end - rest.at > 1 && rest.at[1] == '/' && begins_as((Rest){rest.at + 2, rest.end}, name))
            break;
    return rest.at;
}

static const char *end_of_attributes(Rest rest) {
    while (rest.at < rest.end && *rest.at != '>') {
        if (*rest.at == '"' || *rest.at == '\'') {
            const char *closing = find_sign((Rest){rest.at + 1, rest.end}, *rest.at);
            if (closing >= rest.end)
                break;
            rest.at = closing;
        }
        rest.at++;
    }
    return rest.at;
}

static int append_bytes(PyObject *list, const char *from, const char *to) {
    PyObject *bytes = PyBytes_FromStringAndSize(from, to - from);
    const int failed = bytes == NULL || PyList_Append(list, bytes) < 0;
    Py_XDECREF(bytes);
    return failed ? -1 : 0;
}

static int find_long_tags(Rest rest, Py_ssize_t longest, PyObject *found) {
    while ((rest.at = find_sign(rest, '<')) < rest.end) {
        const char *name, *attributes;
        if (++rest.at >= rest.end || !is_letter(*rest.at))
            continue;
        if ((name = raw_name(rest)) != NULL) {
            rest.at = find_end_tag(rest, name);
            continue;
        }
        while (rest.at < rest.end && *rest.at != '/' && *rest.at != '>' && !is_blank(*rest.at))
            rest.at++;
        attributes = rest.at;
        rest.at = end_of_attributes(rest);
        if (rest.at - attributes > longest && append_bytes(found, attributes, rest.at) < 0)
            return -1;
    }
    return 0;
}

PyDoc_STRVAR(long_tags_doc, "long_tags(source, longest) -> list of bytes\n\nAs source.long_tags.");

static PyObject *long_tags(PyObject *module, PyObject *args) {
    PyObject *source, *found;
    Py_ssize_t longest;
    (void)module;
    if (!PyArg_ParseTuple(args, "Sn", &source, &longest) || (found = PyList_New(0)) == NULL)
        return NULL;
    const char *bytes = PyBytes_AS_STRING(source);
    if (find_long_tags((Rest){bytes, bytes + PyBytes_GET_SIZE(source)}, longest, found) < 0)
        Py_CLEAR(found);
    return found;
}

static int holds_sign(const char *bytes, unsigned char sign) {
    const Lanes equal = (Lanes)(lanes_of((const unsigned char *)bytes) == (Lanes){0} + sign);
    uint64_t halves[2];
    memcpy(halves, &equal, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* The last `<` before `at` and not before `from`; NULL if there is none. */
static const char *last_tag_before(const char *from, const char *at) {
    while (at - from >= (Py_ssize_t)sizeof(Lanes) && !holds_sign(at - sizeof(Lanes), '<'))
        at -= sizeof(Lanes);
    while (at > from)
        if (*--at == '<')
            return at;
    return NULL;
}

static int find_tags_without_end(Rest page, PyObject *found) {
    const char *searched = page.at;
    while (page.end - page.at > STRETCH) {
        const char *here = page.at, *start, *end;
        if (find_sign((Rest){here, here + STRETCH}, '<') < here + STRETCH) {
            page.at += STRETCH;
            continue;
        }
        start = last_tag_before(searched, here);
        searched = here;
        end = find_sign((Rest){here, page.end}, '>');
        if (start != NULL && is_letter(start[1]) && find_sign((Rest){start, here}, '>') >= here && append_bytes(found, start + 1, end) < 0)
            return -1;
        page.at = end - here > STRETCH ? end : here + STRETCH;
    }
    return 0;
}

PyDoc_STRVAR(tags_without_end_doc, "tags_without_end(source) -> list of bytes\n\nAs source.tags_without_end.");

static PyObject *tags_without_end(PyObject *module, PyObject *source) {
    PyObject *found;
    (void)module;
    if (!PyBytes_Check(source))
        return PyErr_Format(PyExc_TypeError, "a page is bytes");
    const char *bytes = PyBytes_AS_STRING(source);
    if ((found = PyList_New(0)) != NULL && find_tags_without_end((Rest){bytes, bytes + PyBytes_GET_SIZE(source)}, found) < 0)
        Py_CLEAR(found);
    return found;
}

static PyMethodDef METHODS[] = {
    {"is_utf8", is_utf8, METH_O, is_utf8_doc},
    {"holds_controls", holds_controls, METH_O, holds_controls_doc},
    {"count_odd", count_odd, METH_O, count_odd_doc},
    {"count_signs", count_signs, METH_O, count_signs_doc},
    {"long_tags", long_tags, METH_VARARGS, long_tags_doc},
    {"tags_without_end", tags_without_end, METH_O, tags_without_end_doc},
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
