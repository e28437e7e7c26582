/* lexbor's functions, as selectolax's own library exports them, for the files that read its tree or feed its parser. Nodes are opaque:
 * they are asked through these. Each file that includes this has a table of its own and fills it by find_lexbor. */
#ifndef LEXBOR_H
#define LEXBOR_H

#include <Python.h>
#include <dlfcn.h>
#include <stdint.h>

typedef struct Node Node;           /* lxb_dom_node_t; a document and an element begin with one */
typedef struct Attribute Attribute; /* lxb_dom_attr_t */

static struct {
    uintptr_t (*tag_id)(Node *);
    int (*type)(Node *);
    Node *(*next)(Node *);
    Node *(*parent)(Node *);
    Node *(*first_child)(Node *);
    Node *(*last_child)(Node *);
    const char *(*tag_name)(Node *, size_t *);
    Attribute *(*first_attribute)(Node *);
    Attribute *(*next_attribute)(Attribute *);
    const char *(*attribute_name)(Attribute *, size_t *);
    const char *(*attribute_value)(Attribute *, size_t *);
    unsigned (*begin)(Node *document); /* these give a status, 0 where all went well */
    unsigned (*feed)(Node *document, const char *from, size_t length);
    unsigned (*end)(Node *document);
} lexbor;

static const struct {
    const char *name;
    void **function;
} SYMBOLS[] = {
    {"lxb_dom_node_tag_id_noi", (void **)&lexbor.tag_id},
    {"lxb_dom_node_type_noi", (void **)&lexbor.type},
    {"lxb_dom_node_next_noi", (void **)&lexbor.next},
    {"lxb_dom_node_parent_noi", (void **)&lexbor.parent},
    {"lxb_dom_node_first_child_noi", (void **)&lexbor.first_child},
    {"lxb_dom_node_last_child_noi", (void **)&lexbor.last_child},
    {"lxb_dom_element_qualified_name", (void **)&lexbor.tag_name},
    {"lxb_dom_element_first_attribute_noi", (void **)&lexbor.first_attribute},
    {"lxb_dom_element_next_attribute_noi", (void **)&lexbor.next_attribute},
    {"lxb_dom_attr_qualified_name", (void **)&lexbor.attribute_name},
    {"lxb_dom_attr_value_noi", (void **)&lexbor.attribute_value},
    {"lxb_html_document_parse_chunk_begin", (void **)&lexbor.begin},
    {"lxb_html_document_parse_chunk", (void **)&lexbor.feed},
    {"lxb_html_document_parse_chunk_end", (void **)&lexbor.end},
};

/* Find them all in the loaded library; -1 with an ImportError set where one is missing. */
static int find_lexbor(const char *library) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD); /* never closed: Python has it loaded until the end */
    if (handle == NULL) {
        PyErr_Format(PyExc_ImportError, "%s is not loaded", library);
        return -1;
    }
    for (size_t at = 0; at < sizeof SYMBOLS / sizeof *SYMBOLS; at++)
        if ((*SYMBOLS[at].function = dlsym(handle, SYMBOLS[at].name)) == NULL) {
            PyErr_Format(PyExc_ImportError, "%s has no %s", library, SYMBOLS[at].name);
            return -1;
        }
    return 0;
}

#endif
