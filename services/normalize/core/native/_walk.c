/* The walk of walk.py in C: the same blocks and elements of a page at a tenth of the cost. It reads the tree that selectolax
 * (lexbor) has parsed and changes nothing in it. walk.py is the reference, and what runs where this was not built; reader.py
 * says which of the two. tests/normalize/core/reading/test_compiled_walk.py holds them equal. docs/decisions/0102.
 *
 * Only where a text node keeps its text is known by offset, and `bind` proves that before anything is read. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#include "_hashes.h"
#include "_lexbor.h"
#include "_slots.h"

#define EDITION 2 /* compiled.py takes no other */

enum Role { NOTHING, TEXT, BLOCK, INLINE, LINK, NAMED_INLINE, BREAK }; /* tags.py */

#define NUMBERS 256           /* lexbor's numbers of known tags are lower; others are addresses, and block-level */
#define NODE_SIZE 96          /* of lxb_dom_node_t, behind which a text node has its text */
#define ELEMENT_NODE 1
#define TEXT_NODE 3
#define MAX_INLINE_NAMES 3

typedef struct { /* lexbor_str_t */
    const char *data;
    size_t length;
} Text;

/* The slots of blocks.py's classes, by which their objects are filled without a call of `__init__`. */
enum { PARENT, NODE, TAG, NAMES, OWN, INDEX, END, FIRST_BLOCK, END_BLOCK, SHAPE, HIDDEN, ARTICLE, ELEMENT_SLOTS };
static const char *const ELEMENT_SLOT[] = {"parent",      "node",      "tag",   "names",  "own",    "index", "end",
                                           "first_block", "end_block", "shape", "hidden", "article"};
enum { B_INDEX, B_TEXT, B_KIND, B_ELEMENT, B_LINK_CHARS, B_LINKS, B_INLINE_NAMES, B_DATETIME, B_BLANK_LINES, B_INDENT, BLOCK_SLOTS };
static const char *const BLOCK_SLOT[] = {"index", "text",         "kind",     "element",     "link_chars",
                                         "links", "inline_names", "datetime", "blank_lines", "indent"};

static struct {
    PyTypeObject *element, *block;
    PyMemberDef *element_slot[ELEMENT_SLOTS], *block_slot[BLOCK_SLOTS];
    unsigned char role[NUMBERS];
    PyObject *kind[NUMBERS]; /* NULL where a tag names none */
    PyObject *paragraph, *no_names, *zero, *empty;
    struct {
        const char *data; /* as lexbor keeps it */
        PyObject *name;
    } tag[NUMBERS];
    uintptr_t article, title, link, meta, script;
    Py_ssize_t max_depth, max_blocks, long_link;
    int bound;
} house;

/* ---- reading a node ---- */

static enum Role role_of(Node *node) {
    uintptr_t number = lexbor.tag_id(node);
    return number < NUMBERS ? house.role[number] : BLOCK;
}

static Text text_of(Node *node) {
    Text text = {NULL, 0};
    if (lexbor.type(node) == TEXT_NODE)
        text = *(const Text *)((const char *)node + NODE_SIZE);
    if (text.data == NULL)
        text.length = 0;
    return text;
}

static PyObject *decoded(Text text) { return PyUnicode_DecodeUTF8(text.data, (Py_ssize_t)text.length, "replace"); }

static PyObject *decoded_head(Text text, Py_ssize_t most) {
    PyObject *whole = decoded(text), *head;
    if (whole == NULL || PyUnicode_GET_LENGTH(whole) <= most)
        return whole;
    head = PyUnicode_Substring(whole, 0, most);
    Py_DECREF(whole);
    return head;
}

/* Takes `left` over; NULL with an error set. */
static PyObject *joined(PyObject *left, char sign, PyObject *right) {
    Py_ssize_t before = PyUnicode_GET_LENGTH(left), after = PyUnicode_GET_LENGTH(right);
    Py_UCS4 widest = Py_MAX(PyUnicode_MAX_CHAR_VALUE(left), PyUnicode_MAX_CHAR_VALUE(right));
    PyObject *both = PyUnicode_New(before + 1 + after, widest);
    if (both != NULL) {
        PyUnicode_CopyCharacters(both, 0, left, 0, before);
        PyUnicode_WRITE(PyUnicode_KIND(both), PyUnicode_DATA(both), before, (Py_UCS4)sign);
        PyUnicode_CopyCharacters(both, before + 1, right, 0, after);
    }
    Py_DECREF(left);
    return both;
}

static PyObject *name_of_tag(Node *node) {
    size_t length = 0;
    uintptr_t number = lexbor.tag_id(node);
    const char *data = lexbor.type(node) == ELEMENT_NODE ? lexbor.tag_name(node, &length) : NULL;
    PyObject *name;
    if (data == NULL)
        return Py_NewRef(house.empty);
    if (number < NUMBERS && house.tag[number].data == data)
        return Py_NewRef(house.tag[number].name);
    name = decoded((Text){data, length});
    if (name != NULL && number < NUMBERS) { /* lexbor's own table: the address stays */
        PyUnicode_InternInPlace(&name);
        house.tag[number].data = data;
        Py_XSETREF(house.tag[number].name, Py_NewRef(name));
    }
    return name;
}

/* The attributes that node_reading.py asks for; CLASS and what follows up to DATA_TYPE are names, in its order. */
enum { CLASS, ID, ITEMPROP, ROLE, DATA_COMPONENT, DATA_TESTID, DATA_TYPE, STYLE, HIDDEN_MARK, ARIA_HIDDEN, HREF, DATETIME, ASKED };
static const struct {
    const char *name;
    size_t length;
} ATTRIBUTE[] = {{"class", 5},      {"id", 2},    {"itemprop", 8}, {"role", 4},         {"data-component", 14}, {"data-testid", 11},
                 {"data-type", 9},  {"style", 5}, {"hidden", 6},   {"aria-hidden", 11}, {"href", 4},            {"datetime", 8}};
typedef struct {
    char there[ASKED];
    Text value[ASKED]; /* no data where the attribute has no value */
} Attributes;

static void read_attributes(Node *node, Attributes *found) {
    Attribute *one = lexbor.type(node) == ELEMENT_NODE ? lexbor.first_attribute(node) : NULL;
    memset(found, 0, sizeof *found);
    for (; one != NULL; one = lexbor.next_attribute(one)) {
        size_t length = 0;
        const char *name = lexbor.attribute_name(one, &length);
        for (int asked = 0; name != NULL && asked < ASKED; asked++) {
            if (ATTRIBUTE[asked].length != length || memcmp(name, ATTRIBUTE[asked].name, length) != 0)
                continue;
            found->there[asked] = 1;
            found->value[asked].length = 0;
            found->value[asked].data = lexbor.attribute_value(one, &found->value[asked].length);
            if (found->value[asked].data == NULL)
                found->value[asked].length = 0;
            break;
        }
    }
}

static int is_text(Text value, const char *text) {
    return value.length == strlen(text) && memcmp(value.data, text, value.length) == 0;
}

/* 1 if the style holds `display\s*:\s*none`, as HIDING_STYLE; -1 with an error set. */
static int style_hides(Text style) {
    PyObject *text;
    int found = 0;
    if (style.length < 12 || memchr(style.data, ':', style.length) == NULL)
        return 0;
    if ((text = decoded(style)) == NULL)
        return -1;
    const int width = PyUnicode_KIND(text);
    const void *letters = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t at = 0; at + 12 <= length && !found; at++) {
        Py_ssize_t here = at, same = 0;
        for (; same < 7 && PyUnicode_READ(width, letters, here) == (Py_UCS4) "display"[same]; same++)
            here++;
        if (same < 7)
            continue;
        while (here < length && Py_UNICODE_ISSPACE(PyUnicode_READ(width, letters, here)))
            here++;
        if (here >= length || PyUnicode_READ(width, letters, here++) != ':')
            continue;
        while (here < length && Py_UNICODE_ISSPACE(PyUnicode_READ(width, letters, here)))
            here++;
        for (same = 0; same < 4 && here < length && PyUnicode_READ(width, letters, here) == (Py_UCS4) "none"[same]; same++)
            here++;
        found = same == 4;
    }
    Py_DECREF(text);
    return found;
}

static int hides(const Attributes *all) {
    if (all->there[HIDDEN_MARK] || is_text(all->value[ARIA_HIDDEN], "true"))
        return 1;
    return style_hides(all->value[STYLE]);
}

/* ---- the state of the walk ---- */

typedef struct { /* a block-level element around the walk, numbered once it holds text */
    Node *node;
    PyObject *element; /* NULL until it is numbered */
    Py_ssize_t shape, article;
    uintptr_t tag;
    int hidden;
} Level;

typedef struct { /* a node whose children are under way */
    Node *node;
    enum Role role;
    int in_link, opens_link;
    Py_ssize_t before;
} Frame;

typedef struct {
    PyObject *elements, *blocks, *shapes, *long_links, *datetime, *inline_names[MAX_INLINE_NAMES];
    Level *levels;
    Frame *frames;
    Py_ssize_t level, depth, known_long_links, articles;
    Py_UCS4 *line; /* the block so far, with single blanks */
    Py_ssize_t length, room, link_chars, linked;
    long links, breaks;
    int inline_count, gathered, blank, newline; /* gathered: Python's `parts` is not empty */
} Walk;

static int put(const PyMemberDef *slot, PyObject *object, PyObject *value) {
    PyObject **place = (PyObject **)((char *)object + slot->offset); /* `find_slots` has seen that it holds an object */
    Py_XSETREF(*place, Py_NewRef(value));
    return 0;
}

static int put_number(const PyMemberDef *slot, PyObject *object, Py_ssize_t number) {
    PyObject *value = PyLong_FromSsize_t(number);
    int failed = value == NULL ? -1 : put(slot, object, value);
    Py_XDECREF(value);
    return failed;
}

static int make_room(Walk *walk, size_t more) {
    Py_UCS4 *line;
    size_t wanted = (size_t)walk->length + more + 2;
    if (wanted <= (size_t)walk->room)
        return 0;
    wanted = Py_MAX(wanted, 2 * (size_t)walk->room);
    if ((line = PyMem_Realloc(walk->line, wanted * sizeof *line)) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    walk->line = line;
    walk->room = (Py_ssize_t)wanted;
    return 0;
}

static void add_letter(Walk *walk, Py_UCS4 letter) {
    if (Py_UNICODE_ISSPACE(letter)) {
        walk->blank = 1;
        return;
    }
    if (walk->blank || walk->newline) {
        if (walk->length)
            walk->line[walk->length++] = walk->newline ? '\n' : ' ';
        walk->blank = walk->newline = 0;
    }
    walk->line[walk->length++] = letter;
}

/* A text node's text, as bytes, and as Python's own string unless it is ASCII. */
typedef struct {
    Text bytes;
    PyObject *wide;
    Py_ssize_t length;
    int is_blank; /* str.isspace */
} Words;

static int read_words(Node *node, Words *words) {
    const Text text = text_of(node);
    unsigned char any = 0;
    memset(words, 0, sizeof *words);
    for (size_t at = 0; at < text.length; at++)
        any |= (unsigned char)text.data[at]; /* many at once, where the compiler is asked for that (-O3) */
    words->bytes = text;
    words->length = (Py_ssize_t)text.length;
    if (any >= 0x80) {
        if ((words->wide = decoded(text)) == NULL)
            return -1;
        words->length = PyUnicode_GET_LENGTH(words->wide);
    }
    words->is_blank = words->length > 0;
    for (Py_ssize_t at = 0; words->is_blank && at < words->length; at++)
        words->is_blank = Py_UNICODE_ISSPACE(words->wide != NULL ? PyUnicode_READ_CHAR(words->wide, at) : (Py_UCS4)text.data[at]);
    return 0;
}

static unsigned char is_blank[0x80]; /* Py_UNICODE_ISSPACE of these */

/* As add_letter for each, a word at a time; all are ASCII. */
static void gather_ascii(Walk *walk, const unsigned char *letters, Py_ssize_t length) {
    for (Py_ssize_t at = 0; at < length;) {
        if (is_blank[letters[at]]) {
            walk->blank = 1;
            at++;
            continue;
        }
        add_letter(walk, letters[at++]);
        Py_UCS4 *line = walk->line + walk->length;
        while (at < length && !is_blank[letters[at]])
            *line++ = letters[at++];
        walk->length = line - walk->line;
    }
}

static int gather(Walk *walk, const Words *words) {
    if (make_room(walk, (size_t)words->length) < 0)
        return -1;
    walk->gathered = 1;
    if (words->wide == NULL) {
        gather_ascii(walk, (const unsigned char *)words->bytes.data, words->length);
        return 0;
    }
    const int width = PyUnicode_KIND(words->wide);
    const void *letters = PyUnicode_DATA(words->wide);
    for (Py_ssize_t at = 0; at < words->length; at++)
        add_letter(walk, PyUnicode_READ(width, letters, at));
    return 0;
}

/* ---- elements and blocks ---- */

/* The element's tag, with its class if it has one. */
static PyObject *own_name(PyObject *tag, PyObject *names) {
    PyObject *head, *own = NULL;
    if (PyUnicode_GET_LENGTH(names) == 0)
        return Py_NewRef(tag);
    if ((head = PyUnicode_Substring(names, 0, 60)) != NULL) {
        own = joined(Py_NewRef(tag), '.', head);
        Py_DECREF(head);
    }
    return own;
}

/* Takes `names` over: the class, behind which id, role and the like are put. */
static PyObject *with_other_names(PyObject *names, const Attributes *all) {
    for (int name = ID; names != NULL && name <= DATA_TYPE; name++) {
        PyObject *head;
        if (all->value[name].length == 0)
            continue;
        if ((head = decoded_head(all->value[name], 100)) == NULL) {
            Py_DECREF(names);
            return NULL;
        }
        names = joined(names, ' ', head);
        Py_DECREF(head);
    }
    return names;
}

/* What elements with a class and no other names were last called: pages repeat their classes, and sites theirs on every page.
 * A slot by the tag and the class. */
#define REMEMBERED 1024
#define LONGEST_REMEMBERED 120 /* bytes of a class */

typedef struct {
    uintptr_t tag;
    size_t length;
    char letters[LONGEST_REMEMBERED];
    PyObject *names, *own; /* NULL: free */
} Called;

static Called called[REMEMBERED];

/* The slot for an element of this tag and these attributes; NULL where it is called by more than its class, or by a long one. */
static Called *slot_of_call(uintptr_t tag, const Attributes *all) {
    const Text class = all->value[CLASS];
    uint32_t hash = NO_LETTER ^ (uint32_t)tag;
    if (tag >= NUMBERS || class.length > LONGEST_REMEMBERED)
        return NULL;
    for (int name = ID; name <= DATA_TYPE; name++)
        if (all->value[name].length > 0)
            return NULL;
    for (size_t at = 0; at < class.length; at++)
        hash = with_letter(hash, (unsigned char)class.data[at]);
    return &called[mixed(hash) % REMEMBERED];
}

static int is_called(const Called *slot, uintptr_t tag, Text class) {
    return slot->names != NULL && slot->tag == tag && slot->length == class.length &&
           (class.length == 0 || memcmp(slot->letters, class.data, class.length) == 0);
}

static void remember(Called *slot, uintptr_t tag, Text class, PyObject *names, PyObject *own) {
    slot->tag = tag;
    slot->length = class.length;
    if (class.length > 0)
        memcpy(slot->letters, class.data, class.length);
    Py_XSETREF(slot->names, Py_NewRef(names));
    Py_XSETREF(slot->own, Py_NewRef(own));
}

/* The element's names and its own, new references; both NULL with an error set. */
static void read_names(uintptr_t number, PyObject *tag, const Attributes *all, PyObject **names, PyObject **own) {
    Called *slot = slot_of_call(number, all);
    if (slot != NULL && is_called(slot, number, all->value[CLASS])) {
        *names = Py_NewRef(slot->names);
        *own = Py_NewRef(slot->own);
        return;
    }
    if ((*names = decoded_head(all->value[CLASS], 200)) != NULL && (*own = own_name(tag, *names)) != NULL)
        *names = with_other_names(*names, all);
    if (*names == NULL || *own == NULL) {
        Py_CLEAR(*names);
        Py_CLEAR(*own);
    } else if (slot != NULL)
        remember(slot, number, all->value[CLASS], *names, *own);
}

/* As node_reading.read_node; gives the element's `own`, a new reference. */
static PyObject *read_node(Level *level, const Level *above, PyObject *element) {
    Attributes all;
    PyObject *names = NULL, *own = NULL, *tag = name_of_tag(level->node);
    if (tag == NULL)
        return NULL;
    read_attributes(level->node, &all);
    read_names(level->tag, tag, &all, &names, &own);
    level->hidden = above->hidden ? 1 : hides(&all);
    if (own == NULL || names == NULL || level->hidden < 0)
        goto failed;
    if (put(house.element_slot[TAG], element, tag) < 0 || put(house.element_slot[NAMES], element, names) < 0 ||
        put(house.element_slot[OWN], element, own) < 0)
        goto failed;
    Py_DECREF(tag);
    Py_DECREF(names);
    return own;
failed:
    Py_DECREF(tag);
    Py_XDECREF(names);
    Py_XDECREF(own);
    return NULL;
}

/* The number of the class path: equal for equal paths. */
static int read_shape(Walk *walk, Level *level, const Level *above, PyObject *own) {
    PyObject *key = Py_BuildValue("nO", above->shape, own), *known, *number;
    if (key == NULL)
        return -1;
    if ((known = PyDict_GetItemWithError(walk->shapes, key)) != NULL) {
        level->shape = PyLong_AsSsize_t(known);
    } else if (!PyErr_Occurred()) {
        level->shape = PyDict_GET_SIZE(walk->shapes) + 1;
        if ((number = PyLong_FromSsize_t(level->shape)) != NULL) {
            PyDict_SetItem(walk->shapes, key, number);
            Py_DECREF(number);
        }
    }
    Py_DECREF(key);
    return PyErr_Occurred() ? -1 : 0;
}

static int fill_element(Walk *walk, Level *level, const Level *above, PyObject *element) {
    PyMemberDef *const *slot = house.element_slot;
    PyObject *own = read_node(level, above, element);
    int failed;
    if (own == NULL)
        return -1;
    level->article = above->article;
    if (level->tag == house.article)
        level->article = ++walk->articles;
    failed = read_shape(walk, level, above, own) < 0 || put(slot[PARENT], element, above->element) < 0 ||
             put(slot[NODE], element, Py_None) < 0 || put(slot[HIDDEN], element, level->hidden ? Py_True : Py_False) < 0 ||
             put_number(slot[SHAPE], element, level->shape) < 0 || put_number(slot[ARTICLE], element, level->article) < 0 ||
             put_number(slot[INDEX], element, PyList_GET_SIZE(walk->elements)) < 0 ||
             put_number(slot[FIRST_BLOCK], element, PyList_GET_SIZE(walk->blocks)) < 0 ||
             PyList_Append(walk->elements, element) < 0;
    Py_DECREF(own);
    return failed ? -1 : 0;
}

/* Number the innermost element and those around it: they hold text. Parents come before their children. */
static int number_levels(Walk *walk) {
    Py_ssize_t at = walk->level;
    while (walk->levels[at].element == NULL)
        at--; /* the root, at 0, always has one */
    for (at++; at <= walk->level; at++) {
        Level *level = &walk->levels[at];
        PyObject *element = house.element->tp_alloc(house.element, 0);
        if (element == NULL || fill_element(walk, level, &walk->levels[at - 1], element) < 0) {
            Py_XDECREF(element);
            return -1;
        }
        PyObject_GC_UnTrack(element); /* refers upwards only: no cycle can run through it, so none is looked for */
        level->element = element;
    }
    return 0;
}

/* By the element's tag, else by the nearest around it that names a kind, two levels up at most. */
static PyObject *kind_of(const Walk *walk) {
    for (Py_ssize_t at = walk->level; at >= 0 && at >= walk->level - 2; at--) {
        uintptr_t tag = walk->levels[at].tag;
        if (tag < NUMBERS && house.kind[tag] != NULL)
            return house.kind[tag];
    }
    return house.paragraph;
}

static PyObject *names_inside(const Walk *walk) {
    PyObject *names;
    if (walk->inline_count == 0)
        return Py_NewRef(house.no_names);
    if ((names = PyTuple_New(walk->inline_count)) == NULL)
        return NULL;
    for (int at = 0; at < walk->inline_count; at++)
        PyTuple_SET_ITEM(names, at, Py_NewRef(walk->inline_names[at]));
    return names;
}

static int fill_block(Walk *walk, PyObject *block) {
    PyMemberDef *const *slot = house.block_slot;
    PyObject *text = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, walk->line, walk->length), *names = names_inside(walk);
    int failed =
        text == NULL || names == NULL || put_number(slot[B_INDEX], block, PyList_GET_SIZE(walk->blocks)) < 0 ||
        put(slot[B_TEXT], block, text) < 0 || put(slot[B_KIND], block, kind_of(walk)) < 0 ||
        put(slot[B_ELEMENT], block, walk->levels[walk->level].element) < 0 ||
        put_number(slot[B_LINK_CHARS], block, Py_MIN(walk->link_chars, walk->length)) < 0 ||
        put_number(slot[B_LINKS], block, walk->links) < 0 || put(slot[B_INLINE_NAMES], block, names) < 0 ||
        put(slot[B_DATETIME], block, walk->datetime != NULL ? walk->datetime : Py_None) < 0 ||
        put(slot[B_BLANK_LINES], block, house.zero) < 0 || put(slot[B_INDENT], block, house.zero) < 0 ||
        PyList_Append(walk->blocks, block) < 0;
    Py_XDECREF(text);
    Py_XDECREF(names);
    return failed ? -1 : 0;
}

static void forget(Walk *walk) {
    for (int at = 0; at < walk->inline_count; at++)
        Py_CLEAR(walk->inline_names[at]);
    Py_CLEAR(walk->datetime);
    walk->inline_count = walk->gathered = walk->blank = walk->newline = 0;
    walk->length = walk->link_chars = 0;
    walk->links = walk->breaks = 0;
}

/* End the block: what was gathered becomes one, if it holds any text. */
static int flush(Walk *walk, int last) {
    int failed = 0;
    if (PyList_GET_SIZE(walk->blocks) >= house.max_blocks && !last) {
        walk->gathered = walk->blank = 1;
        return 0;
    }
    if (walk->length > 0) {
        PyObject *block = house.block->tp_alloc(house.block, 0);
        failed = block == NULL || number_levels(walk) < 0 || fill_block(walk, block) < 0;
        if (!failed)
            PyObject_GC_UnTrack(block); /* as its element */
        Py_XDECREF(block);
    }
    forget(walk);
    return failed ? -1 : 0;
}

/* ---- the walk ---- */

static int take_text(Walk *walk, Node *node, int in_link) {
    Words words;
    int failed = 0;
    if (read_words(node, &words) < 0)
        return -1;
    if (words.is_blank && (!walk->gathered || walk->breaks)) /* says nothing before a text, nor behind <br> */
        goto done;
    if (walk->breaks) {
        if (walk->breaks >= 2)
            failed = flush(walk, 0);
        walk->breaks = 0;
    }
    if (failed || (failed = gather(walk, &words)) < 0)
        goto done;
    if (in_link) {
        walk->link_chars += words.length;
        walk->linked += (Py_ssize_t)words.bytes.length; /* bytes, whatever letters they are */
    }
done:
    Py_XDECREF(words.wide);
    return failed;
}

/* Keep what an inline element tells of the text in it. */
static int note(Walk *walk, const Attributes *all) {
    if (all->value[CLASS].length > 0 && walk->inline_count < MAX_INLINE_NAMES) {
        PyObject *names = decoded(all->value[CLASS]);
        if (names == NULL)
            return -1;
        walk->inline_names[walk->inline_count++] = names;
    }
    if (walk->datetime == NULL && all->value[DATETIME].data != NULL)
        if ((walk->datetime = decoded(all->value[DATETIME])) == NULL)
            return -1;
    return 0;
}

static int is_long_link(const Walk *walk, Node *node) {
    PyObject *address;
    int known;
    if (walk->known_long_links == 0)
        return 0;
    if ((address = PyLong_FromVoidPtr(node)) == NULL)
        return -1;
    known = PySet_Contains(walk->long_links, address);
    Py_DECREF(address);
    return known;
}

/* An inline element whose attributes tell something of the text in it: a link, a span, a time. */
static int open_telling(Walk *walk, Frame *frame) {
    Attributes all;
    int known;
    walk->gathered = 1; /* what it tells ends with its block, though it hold no text */
    if (frame->role == LINK && frame->in_link)
        return 0;
    read_attributes(frame->node, &all);
    if (frame->role == NAMED_INLINE)
        return note(walk, &all);
    if (!all.there[HREF])
        return 0;
    if ((known = is_long_link(walk, frame->node)) != 0)
        return known < 0 ? -1 : 0;
    walk->links++;
    frame->in_link = frame->opens_link = 1;
    frame->before = walk->linked;
    return 0;
}

static int open_level(Walk *walk, Node *node) {
    if (walk->gathered && flush(walk, 0) < 0)
        return -1;
    walk->levels[++walk->level] = (Level){node, NULL, 0, 0, lexbor.tag_id(node), 0};
    return 0;
}

static int close_level(Walk *walk) {
    Level *level = &walk->levels[walk->level];
    int failed = walk->gathered ? flush(walk, 0) : 0;
    if (level->element != NULL && !failed)
        failed = put_number(house.element_slot[END], level->element, PyList_GET_SIZE(walk->elements)) < 0 ||
                 put_number(house.element_slot[END_BLOCK], level->element, PyList_GET_SIZE(walk->blocks)) < 0;
    Py_CLEAR(level->element);
    walk->level--;
    return failed ? -1 : 0;
}

static int close_link(Walk *walk, const Frame *frame) {
    PyObject *address;
    int failed;
    if (!frame->opens_link || walk->linked - frame->before < house.long_link)
        return 0;
    if ((address = PyLong_FromVoidPtr(frame->node)) == NULL)
        return -1;
    failed = PySet_Add(walk->long_links, address);
    Py_DECREF(address);
    return failed;
}

/* The text of a node and the nodes behind it without cutting it; scripts are left out as everywhere. */
static int take_whole(Walk *walk, Node *top) {
    for (; top != NULL; top = lexbor.next(top)) {
        Node *node = top;
        for (;;) {
            Node *parent = lexbor.parent(node), *below = lexbor.first_child(node);
            if (role_of(node) == TEXT && (parent == NULL || role_of(parent) != NOTHING)) {
                Words words;
                if (read_words(node, &words) < 0)
                    return -1;
                int failed = gather(walk, &words);
                Py_XDECREF(words.wide);
                if (failed)
                    return -1;
                walk->blank = 1;
            }
            if (below != NULL) {
                node = below;
                continue;
            }
            while (node != top && lexbor.next(node) == NULL)
                node = lexbor.parent(node);
            if (node == top)
                break;
            node = lexbor.next(node);
        }
    }
    return 0;
}

/* Go into a node; the child to go on with is its first, or none where it is too deep for a walk. */
static int descend(Walk *walk, Node *node, enum Role role, Node **child) {
    Frame *frame = &walk->frames[walk->depth + 1];
    *frame = (Frame){node, role, walk->frames[walk->depth].in_link, 0, 0};
    if (role == BLOCK ? open_level(walk, node) < 0 : role != INLINE && open_telling(walk, frame) < 0)
        return -1;
    walk->depth++;
    if (walk->depth <= house.max_depth)
        return 0;
    if (take_whole(walk, *child) < 0)
        return -1;
    *child = NULL;
    return 0;
}

/* Leave the node whose children are all taken; the next is the one behind it. */
static int ascend(Walk *walk, Node **child) {
    const Frame *frame = &walk->frames[walk->depth--];
    *child = lexbor.next(frame->node);
    if (frame->role == BLOCK)
        return close_level(walk);
    return frame->role == LINK ? close_link(walk, frame) : 0;
}

static int walk_below(Walk *walk, Node *body) {
    Node *child = lexbor.first_child(body);
    while (child != NULL || walk->depth > 0) {
        Node *first;
        enum Role role;
        if (child == NULL) {
            if (ascend(walk, &child) < 0)
                return -1;
            continue;
        }
        role = role_of(child);
        if (role == TEXT && take_text(walk, child, walk->frames[walk->depth].in_link) < 0)
            return -1;
        if (role == BREAK) {
            walk->breaks++;
            walk->gathered = walk->newline = 1;
        } else if (role >= BLOCK) {
            first = lexbor.first_child(child);
            if (first != NULL) {
                Node *next = first;
                if (descend(walk, child, role, &next) < 0)
                    return -1;
                child = next;
                continue;
            }
            if (role == BLOCK && walk->gathered && flush(walk, 0) < 0)
                return -1;
        }
        child = lexbor.next(child);
    }
    return 0;
}

static void clear(Walk *walk) {
    forget(walk);
    for (Py_ssize_t at = 0; walk->levels != NULL && at <= walk->level; at++)
        Py_CLEAR(walk->levels[at].element);
    Py_CLEAR(walk->elements);
    Py_CLEAR(walk->blocks);
    Py_CLEAR(walk->shapes);
    PyMem_Free(walk->levels);
    PyMem_Free(walk->frames);
    PyMem_Free(walk->line);
}

static int begin(Walk *walk, PyObject *root) {
    walk->elements = PyList_New(0);
    walk->blocks = PyList_New(0);
    walk->shapes = PyDict_New();
    walk->levels = PyMem_Calloc((size_t)house.max_depth + 3, sizeof *walk->levels);
    walk->frames = PyMem_Calloc((size_t)house.max_depth + 3, sizeof *walk->frames);
    if (walk->levels == NULL || walk->frames == NULL)
        PyErr_NoMemory();
    if (PyErr_Occurred())
        return -1;
    walk->known_long_links = PySet_GET_SIZE(walk->long_links);
    walk->levels[0].element = Py_NewRef(root);
    return PyList_Append(walk->elements, root);
}

PyDoc_STRVAR(cut_doc, "cut(body, root, long_links) -> (elements, blocks)\n\n"
                      "One walk below the node at the address `body`, as walk.py's; the tree must be kept by the caller.");

static PyObject *cut(PyObject *module, PyObject *args) {
    Walk walk = {0};
    PyObject *body, *root, *found = NULL;
    Node *node;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyLong_Type, &body, house.bound ? house.element : &PyLong_Type, &root, &PySet_Type,
                          &walk.long_links))
        return NULL;
    if (!house.bound) {
        PyErr_SetString(PyExc_RuntimeError, "bind comes before cut");
        return NULL;
    }
    if ((node = PyLong_AsVoidPtr(body)) != NULL && begin(&walk, root) == 0 && walk_below(&walk, node) == 0 && flush(&walk, 1) == 0 &&
        put_number(house.element_slot[END], root, PyList_GET_SIZE(walk.elements)) == 0 &&
        put_number(house.element_slot[END_BLOCK], root, PyList_GET_SIZE(walk.blocks)) == 0)
        found = PyTuple_Pack(2, walk.elements, walk.blocks);
    else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "no address of a node");
    clear(&walk);
    return found;
}

/* ---- the head: head.py ---- */

typedef struct {
    PyObject *title, *canonical, *lang, *metas, *scripts;
    int has_canonical;
} Head;

/* An attribute's value; no data where it has none or is not there. */
static Text attribute_of(Node *node, const char *name) {
    Text value = {NULL, 0};
    for (Attribute *one = lexbor.first_attribute(node); one != NULL; one = lexbor.next_attribute(one)) {
        size_t length = 0;
        const char *own = lexbor.attribute_name(one, &length);
        if (own == NULL || length != strlen(name) || memcmp(own, name, length) != 0)
            continue;
        if ((value.data = lexbor.attribute_value(one, &value.length)) == NULL)
            value.length = 0;
        break;
    }
    return value;
}

static char lower_ascii(char letter) { return letter >= 'A' && letter <= 'Z' ? (char)(letter | 0x20) : letter; }

static int begins_with(Text text, const char *word) {
    const size_t length = strlen(word);
    for (size_t at = 0; at < length; at++)
        if (at >= text.length || lower_ascii(text.data[at]) != word[at])
            return 0;
    return 1;
}

static int is_html_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\f' || letter == '\r'; }

/* Whether one of the words, parted by blanks, is this one. */
static int has_word(Text text, const char *word) {
    for (size_t at = 0; at < text.length; at++) {
        const size_t start = at;
        while (at < text.length && !is_html_blank(text.data[at]))
            at++;
        if (at - start == strlen(word) && begins_with((Text){text.data + start, at - start}, word))
            return 1;
    }
    return 0;
}

/* None for an attribute that is not there or has no value, as selectolax has it. */
static PyObject *decoded_or_none(Text text) { return text.data != NULL ? decoded(text) : Py_NewRef(Py_None); }

/* 1 with the only text of an element (empty if it holds nothing), 0 where it holds more than that, -1 with an error set. */
static int only_text(Node *node, PyObject **text) {
    Node *child = lexbor.first_child(node);
    if (child != NULL && (lexbor.next(child) != NULL || lexbor.type(child) != TEXT_NODE))
        return 0;
    *text = decoded(child != NULL ? text_of(child) : (Text){"", 0});
    return *text != NULL ? 1 : -1;
}

static int take_meta(Head *head, Node *node) {
    Text name = attribute_of(node, "property"), content = attribute_of(node, "content");
    PyObject *key, *low, *value;
    if (name.length == 0)
        name = attribute_of(node, "name");
    if (name.length == 0)
        name = attribute_of(node, "itemprop");
    if (name.length == 0 || content.length == 0)
        return 1;
    key = decoded(name);
    low = key != NULL ? PyObject_CallMethod(key, "lower", NULL) : NULL;
    value = decoded(content);
    const int failed = low == NULL || value == NULL || PyDict_SetDefault(head->metas, low, value) == NULL;
    Py_XDECREF(key);
    Py_XDECREF(low);
    Py_XDECREF(value);
    return failed ? -1 : 1;
}

static int take_script(Head *head, Node *node) {
    PyObject *source = NULL;
    int found;
    if (!begins_with(attribute_of(node, "type"), "application/ld+json"))
        return 1;
    if ((found = only_text(node, &source)) == 1)
        found = PyList_Append(head->scripts, source) < 0 ? -1 : 1;
    Py_XDECREF(source);
    return found;
}

/* 1 if the node was understood, 0 if the parser must be asked, -1 with an error set. */
static int take_of_head(Head *head, Node *node) {
    const uintptr_t tag = lexbor.tag_id(node);
    if (tag == house.meta)
        return take_meta(head, node);
    if (tag == house.script)
        return take_script(head, node);
    if (tag == house.title && head->title == NULL)
        return only_text(node, &head->title);
    if (tag == house.link && !head->has_canonical && has_word(attribute_of(node, "rel"), "canonical")) {
        head->has_canonical = 1;
        return (head->canonical = decoded_or_none(attribute_of(node, "href"))) != NULL ? 1 : -1;
    }
    return 1;
}

/* The node after this one in the page's order. */
static Node *following(Node *node, const Node *root) {
    Node *next = lexbor.first_child(node);
    if (next != NULL)
        return next;
    while (node != root && (next = lexbor.next(node)) == NULL)
        node = lexbor.parent(node);
    return node != root ? next : NULL;
}

PyDoc_STRVAR(head_doc, "head(root) -> (title, canonical, lang, metas, scripts), or None where the parser must be asked\n\n"
                       "As head.read_head below the node at the address `root`; the tree must be kept by the caller.");

static PyObject *head(PyObject *module, PyObject *address) {
    Head head = {.metas = PyDict_New(), .scripts = PyList_New(0)};
    Node *root = PyLong_Check(address) && house.bound ? PyLong_AsVoidPtr(address) : NULL;
    PyObject *found = NULL;
    int understood = head.metas != NULL && head.scripts != NULL ? 1 : -1;
    (void)module;
    if (root == NULL && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "no address of a node");
    if (root == NULL || (head.lang = decoded_or_none(attribute_of(root, "lang"))) == NULL)
        understood = -1;
    for (Node *node = root; understood == 1 && node != NULL; node = following(node, root))
        if (lexbor.type(node) == ELEMENT_NODE)
            understood = take_of_head(&head, node);
    if (understood == 1)
        found = Py_BuildValue("OOOOO", head.title != NULL ? head.title : Py_None, head.canonical != NULL ? head.canonical : Py_None, head.lang,
                              head.metas, head.scripts);
    else if (understood == 0)
        found = Py_NewRef(Py_None);
    Py_XDECREF(head.title);
    Py_XDECREF(head.canonical);
    Py_XDECREF(head.lang);
    Py_XDECREF(head.metas);
    Py_XDECREF(head.scripts);
    return found;
}

/* ---- binding to selectolax's library and to blocks.py ---- */

static int take_kinds(PyObject *kinds) {
    PyObject *number, *kind;
    Py_ssize_t at = 0;
    while (PyDict_Next(kinds, &at, &number, &kind)) {
        Py_ssize_t place = PyLong_AsSsize_t(number);
        if (place < 0 || place >= NUMBERS) {
            PyErr_SetString(PyExc_ImportError, "a tag's number is out of range");
            return -1;
        }
        Py_XSETREF(house.kind[place], Py_NewRef(kind));
    }
    return 0;
}

/* The length first: where the layout is another it will not fit, and no address is followed. */
static int prove_layout(Node *node, Text expected) {
    if (node != NULL && lexbor.type(node) == TEXT_NODE) {
        const Text *text = (const Text *)((const char *)node + NODE_SIZE);
        if (text->length == expected.length && memcmp(text->data, expected.data, expected.length) == 0)
            return 0;
    }
    PyErr_SetString(PyExc_ImportError, "a text node does not keep its text where it is expected");
    return -1;
}

PyDoc_STRVAR(bind_doc, "bind(library, text_node, text, Element, PageBlock, roles, kinds, article, max_depth, max_blocks, long_link, head)\n\n"
                       "Find lexbor's functions in the loaded `library`, prove the layout by a text node and its text, and keep\n"
                       "the house's classes and bounds. Raises ImportError where something is not as expected.");

static PyObject *bind(PyObject *module, PyObject *args) {
    PyObject *node, *kinds;
    PyTypeObject *element, *block;
    const char *library, *roles;
    Py_ssize_t role_count, article, title, link, meta, script, length;
    Text text;
    (void)module;
    house.bound = 0;
    if (!PyArg_ParseTuple(args, "sO!y#O!O!y#O!nnnn(nnnn)", &library, &PyLong_Type, &node, &text.data, &length, &PyType_Type, &element,
                          &PyType_Type, &block, &roles, &role_count, &PyDict_Type, &kinds, &article, &house.max_depth,
                          &house.max_blocks, &house.long_link, &title, &link, &meta, &script))
        return NULL;
    text.length = (size_t)length;
    if (role_count != NUMBERS || house.max_depth < 1 || house.max_depth > 10000)
        return PyErr_Format(PyExc_ValueError, "roles has %zd numbers, max_depth is %zd", role_count, house.max_depth);
    if (find_lexbor(library) < 0 || prove_layout(PyLong_AsVoidPtr(node), text) < 0 ||
        find_slots(element, ELEMENT_SLOT, ELEMENT_SLOTS, house.element_slot) < 0 ||
        find_slots(block, BLOCK_SLOT, BLOCK_SLOTS, house.block_slot) < 0 || take_kinds(kinds) < 0)
        return NULL;
    memcpy(house.role, roles, NUMBERS);
    Py_XSETREF(house.element, (PyTypeObject *)Py_NewRef(element));
    Py_XSETREF(house.block, (PyTypeObject *)Py_NewRef(block));
    house.article = (uintptr_t)article;
    house.title = (uintptr_t)title;
    house.link = (uintptr_t)link;
    house.meta = (uintptr_t)meta;
    house.script = (uintptr_t)script;
    house.bound = 1;
    Py_RETURN_NONE;
}

static PyMethodDef METHODS[] = {
    {"bind", bind, METH_VARARGS, bind_doc},
    {"cut", cut, METH_VARARGS, cut_doc},
    {"head", head, METH_O, head_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_walk",
    .m_doc = "The walk over the parsed page, compiled; walk.py is the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__walk(void) {
    PyObject *module;
    for (Py_UCS4 letter = 0; letter < sizeof is_blank; letter++)
        is_blank[letter] = Py_UNICODE_ISSPACE(letter) != 0;
    house.paragraph = PyUnicode_InternFromString("paragraph");
    house.empty = PyUnicode_InternFromString("");
    house.no_names = PyTuple_New(0);
    house.zero = PyLong_FromLong(0);
    if (PyErr_Occurred() || (module = PyModule_Create(&MODULE)) == NULL)
        return NULL;
    if (PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
