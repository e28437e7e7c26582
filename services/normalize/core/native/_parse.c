/* Parses a page as selectolax does, but leaves out the text of scripts and styles that nobody reads: a third of a page's bytes.
 * tests/normalize/core/reading/test_compiled_parse.py holds that the tree is otherwise the same. docs/decisions/0104.
 *
 * The parser itself says what is a script: it is fed up to the end of what looks like a script's tag, and only where it has then put
 * a new and empty script in the tree is the text passed over. A tag in a comment, in an attribute or in another script makes none. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "_lexbor.h"

#define EDITION 1    /* compiled.py takes no other */
#define SHORTEST 100 /* bytes of text that are worth asking the parser */
/* On larger ones the text is read as it stands; else a page made for it would cost the product of two of its sizes. */
#define LONGEST_TAG 4096 /* bytes */
#define DEEPEST 250      /* elements around a script */
#define MOST_ATTRIBUTES 64
#define LONGEST_VALUE 512 /* bytes */

static struct {
    uintptr_t document, script, style, svg, math, caption;
    int bound;
} tags;

typedef struct { /* from all places in it the text of a script ends alike */
    const char *from, *to;
    int closed; /* at `to` stands the end tag */
} Span;

typedef struct {
    Node *document;
    const char *at, *end; /* what is not fed yet */
    unsigned status;      /* 0 as long as all went well */
    Span script, style;   /* the last ones found */
} Feed;

/* A script or style as it stands in the source. */
typedef struct {
    const char *start, *text, *end; /* the `<` of its tag, what stands behind the tag, the `<` of its end tag */
    uintptr_t tag;
} Raw;

/* ---- what looks like a script ---- */

static char lower(char sign) { return sign >= 'A' && sign <= 'Z' ? (char)(sign | 0x20) : sign; }

static int is_name(const char *at, const char *end, const char *name) {
    for (; *name; name++, at++)
        if (at >= end || lower(*at) != *name)
            return 0;
    return at < end && (*at == '>' || *at == '/' || *at == ' ' || *at == '\t' || *at == '\n' || *at == '\f' || *at == '\r');
}

static const char *find(const char *at, const char *end, char sign) { return at < end ? memchr(at, sign, (size_t)(end - at)) : NULL; }

/* Up to the `<` of the end tag; to the end or a comment, in which a script may be nested, where that comes first. */
static Span text_from(const char *from, const char *end, const char *name) {
    for (const char *at = from; (at = find(at, end, '<')) != NULL; at++) {
        if (end - at > 3 && at[1] == '/' && is_name(at + 2, end, name))
            return (Span){from, at, 1};
        if (end - at > 3 && memcmp(at, "<!--", 4) == 0)
            return (Span){from, at, 0};
    }
    return (Span){from, end, 0};
}

/* The script or style that begins at this `<`; 0 if none does, or none that is worth asking for. */
static int read_raw(Feed *feed, const char *at, Raw *raw) {
    const int is_script = is_name(at + 1, feed->end, "script");
    Span *text = is_script ? &feed->script : &feed->style;
    const char *tag_end;
    if (!is_script && !is_name(at + 1, feed->end, "style"))
        return 0;
    if ((tag_end = find(at, feed->end - at > LONGEST_TAG ? at + LONGEST_TAG : feed->end, '>')) == NULL)
        return 0;
    tag_end++;
    if (text->from == NULL || tag_end < text->from || tag_end > text->to)
        *text = text_from(tag_end, feed->end, is_script ? "script" : "style");
    *raw = (Raw){at, tag_end, text->to, is_script ? tags.script : tags.style};
    return text->closed && text->to - tag_end >= SHORTEST;
}

static int find_raw(Feed *feed, const char *at, Raw *raw) {
    for (; (at = find(at, feed->end, '<')) != NULL; at++)
        if (read_raw(feed, at, raw))
            return 1;
    return 0;
}

/* ---- what the parser says of it ---- */

/* The node put in last; NULL where it lies too deep. */
static Node *latest(Node *document) {
    Node *node = document, *below;
    for (int depth = 0; depth < DEEPEST; depth++, node = below)
        if ((below = lexbor.last_child(node)) == NULL)
            return node;
    return NULL;
}

static int holds(const char *text, size_t length, const char *word) {
    const size_t wanted = strlen(word);
    for (size_t at = 0; at + wanted <= length; at++) {
        size_t same = 0;
        while (same < wanted && lower(text[at + same]) == word[same])
            same++;
        if (same == wanted)
            return 1;
    }
    return 0;
}

static int is_called(const char *name, size_t length, const char *wanted) {
    return wanted != NULL && length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

/* Whether an attribute of one of these names (the second may be NULL) may hold the word. */
static int may_say(Node *node, const char *name, const char *other, const char *word) {
    int count = 0;
    for (Attribute *one = lexbor.first_attribute(node); one != NULL; one = lexbor.next_attribute(one)) {
        size_t length = 0, size = 0;
        const char *own = lexbor.attribute_name(one, &length), *value;
        if (++count > MOST_ATTRIBUTES)
            return 1;
        if (own == NULL || !(is_called(own, length, name) || is_called(own, length, other)))
            continue;
        value = lexbor.attribute_value(one, &size);
        if (value != NULL && (size > LONGEST_VALUE || holds(value, size, word)))
            return 1;
    }
    return 0;
}

/* No script of HTML in a drawing or formula; of captions and authors metadata ask the whole text. */
static int is_read_around(Node *node) {
    for (node = lexbor.parent(node); node != NULL && lexbor.tag_id(node) != tags.document; node = lexbor.parent(node)) {
        const uintptr_t tag = lexbor.tag_id(node);
        if (tag == tags.svg || tag == tags.math || tag == tags.caption || may_say(node, "rel", "itemprop", "author"))
            return 1;
    }
    return 0;
}

static int is_passed_over(Node *node, Node *before, const Raw *raw) {
    return node != NULL && node != before && lexbor.tag_id(node) == raw->tag && !(raw->tag == tags.script && may_say(node, "type", NULL, "json")) &&
           !is_read_around(node);
}

/* ---- feeding ---- */

static void feed_until(Feed *feed, const char *to) {
    if (feed->status == 0 && to > feed->at)
        feed->status = lexbor.feed(feed->document, feed->at, (size_t)(to - feed->at));
    feed->at = to;
}

static void feed_all(Feed *feed) {
    const char *at = feed->at;
    Raw raw;
    while (feed->status == 0 && find_raw(feed, at, &raw)) {
        Node *before;
        feed_until(feed, raw.start);
        if ((before = latest(feed->document)) == NULL)
            break;
        feed_until(feed, raw.text);
        if (feed->status == 0 && is_passed_over(latest(feed->document), before, &raw))
            feed->at = raw.end;
        at = feed->at;
    }
    feed_until(feed, feed->end);
}

PyDoc_STRVAR(parse_doc, "parse(document, source) -> None\n\n"
                        "Parse the page into the document at this address, which the caller keeps, in place of what it held.\n"
                        "Raises ValueError where the parser fails.");

static PyObject *parse(PyObject *module, PyObject *args) {
    PyObject *address, *source;
    Feed feed = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "O!S", &PyLong_Type, &address, &source))
        return NULL;
    if (!tags.bound)
        return PyErr_Format(PyExc_RuntimeError, "bind comes before parse");
    if ((feed.document = PyLong_AsVoidPtr(address)) == NULL || lexbor.tag_id(feed.document) != tags.document)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "no address of a document");
    feed.at = PyBytes_AS_STRING(source);
    feed.end = feed.at + PyBytes_GET_SIZE(source);
    Py_BEGIN_ALLOW_THREADS
    if ((feed.status = lexbor.begin(feed.document)) == 0)
        feed_all(&feed);
    if (feed.status == 0)
        feed.status = lexbor.end(feed.document);
    Py_END_ALLOW_THREADS
    if (feed.status != 0)
        return PyErr_Format(PyExc_ValueError, "the parser fails with status %u", feed.status);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(bind_doc, "bind(library, (document, script, style, svg, math, figcaption))\n\n"
                       "Find lexbor's functions in the loaded `library` and keep its numbers of these tags.\n"
                       "Raises ImportError where a function is missing.");

static PyObject *bind(PyObject *module, PyObject *args) {
    const char *library;
    Py_ssize_t document, script, style, svg, math, caption;
    (void)module;
    tags.bound = 0;
    if (!PyArg_ParseTuple(args, "s(nnnnnn)", &library, &document, &script, &style, &svg, &math, &caption))
        return NULL;
    if (find_lexbor(library) < 0)
        return NULL;
    tags.document = (uintptr_t)document;
    tags.script = (uintptr_t)script;
    tags.style = (uintptr_t)style;
    tags.svg = (uintptr_t)svg;
    tags.math = (uintptr_t)math;
    tags.caption = (uintptr_t)caption;
    tags.bound = 1;
    Py_RETURN_NONE;
}

static PyMethodDef METHODS[] = {
    {"bind", bind, METH_VARARGS, bind_doc},
    {"parse", parse, METH_VARARGS, parse_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_parse",
    .m_doc = "The parsing of a page without what nobody reads in it.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__parse(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
