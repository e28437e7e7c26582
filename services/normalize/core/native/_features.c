/* The features of a page's candidates for both passes, in C: one loop over the candidates in place of a hundred small arrays.
 * text_columns, place_columns, name_columns and element_columns are the reference for the first, context.py for the second, to
 * the last bit; reader.py says which of the two runs, tests/normalize/core/judging/test_compiled_features.py and
 * test_compiled_context.py hold them equal. docs/decisions/0102.
 *
 * Logarithms are taken by the caller over whole rows: `log_` and the like hold here what they are taken of. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "_arrays.h"
#include "_rows.h"

#define EDITION 5 /* compiled.py takes no other */
#define TAGS 18
#define TEXT_TAGS 14
#define LEVELS 5
#define GROUPS 20
#define CONTAINERS 15
#define FAR 20

/* What is handed over, row by row: of all blocks, of all elements, and single numbers. */
typedef struct {
    const int64_t *lengths, *link_chars, *links, *elements, *blanks, *commas, *breaks, *sentences, *wide, *digits, *capitals, *bars,
        *at_signs, *copyright_signs, *first_mark, *last_mark, *inline_groups, *ends_more, *prose, *since, *until, *is_label, *short_date,
        *wide_notice, *words, *titled, *notice, *linking, *writer, *junk, *said[SAID_ROWS];
    const double *chars, *link_shares;
    const int64_t *candidates;
    const int64_t *parent, *shape, *article, *hidden, *depth, *flags, *tag, *carried, *far, *first, *last;
    const double *prose_chars, *prose_blocks, *element_link_chars;
    int64_t headline_at, negative;
} Facts;

typedef struct { /* sums over the page, worked out once */
    Py_ssize_t blocks, candidates, elements, shapes;
    double *running, *cumulated;                                         /* prose before each block; characters up to and with it */
    double *shape_chars, *shape_linked, *alike_chars, *alike_linked, *alike_blocks; /* by class path */
    int64_t *shape_number, *shape_ends, *alike, *siblings, *before;      /* before: candidates before each block */
    int64_t *anchor, *down;                     /* of elements: the innermost around it that holds the headline; its steps above that */
    double *titled, *words, *rates;
    void *memory;
} Sums;

static double least(double left, double right) { return left < right ? left : right; }
static double most(double left, double right) { return left > right ? left : right; }
static int64_t least_number(int64_t left, int64_t right) { return left < right ? left : right; }
static int64_t most_number(int64_t left, int64_t right) { return left > right ? left : right; }

/* ---- reading the arrays ---- */

/* Every number that is used as a place must be one; parents stand before their children. */
static int check_places(const Facts *facts, Sums *sums) {
    sums->shapes = 0;
    for (Py_ssize_t at = 0; at < sums->elements; at++)
        sums->shapes = (Py_ssize_t)most_number(sums->shapes, facts->shape[at] + 1);
    int fit = sums->blocks > 0 && sums->elements > 0 && sums->candidates <= sums->blocks && sums->shapes <= sums->elements + 1 &&
              all_within(facts->candidates, sums->candidates, sums->blocks) && all_within(facts->elements, sums->blocks, sums->elements) &&
              all_within(facts->first, sums->elements, sums->blocks + 1) && all_within(facts->last, sums->elements, sums->blocks + 1) &&
              all_within(facts->shape, sums->elements, sums->shapes) && facts->headline_at < sums->blocks;
    for (Py_ssize_t at = 0; fit && at < sums->elements; at++)
        fit = facts->parent[at] >= 0 && facts->parent[at] < Py_MAX(1, at);
    if (fit)
        return 0;
    return odd_place();
}

/* ---- sums ---- */

static int take_memory(Sums *sums) {
    const size_t blocks = (size_t)sums->blocks + 1, candidates = (size_t)sums->candidates + 1, elements = (size_t)sums->elements,
                 shapes = (size_t)sums->shapes;
    const size_t sizes[] = {blocks, blocks, shapes, shapes, shapes, shapes, shapes, shapes, shapes, shapes, elements, blocks,
                            elements, elements, candidates, candidates, elements};
    void **const places[] = {(void **)&sums->running,      (void **)&sums->cumulated,   (void **)&sums->shape_chars,
                             (void **)&sums->shape_linked, (void **)&sums->alike_chars, (void **)&sums->alike_linked,
                             (void **)&sums->alike_blocks, (void **)&sums->shape_number, (void **)&sums->shape_ends,
                             (void **)&sums->alike,        (void **)&sums->siblings,    (void **)&sums->before,
                             (void **)&sums->anchor,       (void **)&sums->down,        (void **)&sums->titled,
                             (void **)&sums->words,        (void **)&sums->rates};
    size_t total = 0;
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++)
        total += sizes[at];
    if ((sums->memory = PyMem_Calloc(total, 8)) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    char *next = sums->memory;
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++, next += 8 * sizes[at - 1])
        *places[at] = next;
    return 0;
}

static int ends_sentence(const Facts *facts, Py_ssize_t block) { return facts->last_mark[block] >> 2 & 1; }

static void sum_blocks(const Facts *facts, Sums *sums) {
    double chars = 0;
    Py_ssize_t candidate = 0;
    for (Py_ssize_t at = 0; at < sums->blocks; at++) {
        const int64_t shape = facts->shape[facts->elements[at]];
        sums->running[at + 1] = sums->running[at] + (facts->prose[at] ? facts->chars[at] : 0.0);
        sums->cumulated[at] = chars += facts->chars[at];
        sums->shape_number[shape]++;
        sums->shape_chars[shape] += facts->chars[at];
        sums->shape_linked[shape] += (double)facts->link_chars[at];
        sums->shape_ends[shape] += ends_sentence(facts, at);
        sums->before[at] = candidate;
        candidate += candidate < sums->candidates && facts->candidates[candidate] == at;
    }
    sums->before[sums->blocks] = candidate;
}

static int sum_elements(const Facts *facts, Sums *sums) {
    size_t slots = 16;
    int64_t *count;
    while (slots < 2 * (size_t)sums->elements)
        slots *= 2;
    if ((count = PyMem_Calloc(slots, 2 * sizeof *count)) == NULL) { /* pairs of parent and class path, and how many */
        PyErr_NoMemory();
        return -1;
    }
    for (int again = 0; again < 2; again++)
        for (Py_ssize_t at = 0; at < sums->elements; at++) {
            const int64_t pair = facts->parent[at] * sums->shapes + facts->shape[at] + 1;
            size_t slot = (size_t)((uint64_t)pair * 0x9E3779B97F4A7C15u >> 20) & (slots - 1);
            while (count[2 * slot] != 0 && count[2 * slot] != pair)
                slot = (slot + 1) & (slots - 1);
            count[2 * slot] = pair;
            if (again)
                sums->siblings[at] = count[2 * slot + 1];
            else
                count[2 * slot + 1]++;
        }
    PyMem_Free(count);
    for (Py_ssize_t at = 0; at < sums->elements; at++) {
        const int64_t shape = facts->shape[at];
        sums->alike[shape]++;
        sums->alike_chars[shape] += facts->prose_chars[at];
        sums->alike_linked[shape] += facts->element_link_chars[at];
        sums->alike_blocks[shape] += facts->prose_blocks[at];
    }
    return 0;
}

/* How often the words of the page's title come up in the prose of every element. */
static void sum_titles(const Facts *facts, Sums *sums) {
    for (Py_ssize_t at = 0; at < sums->candidates; at++) {
        const int64_t block = facts->candidates[at];
        sums->titled[at + 1] = sums->titled[at] + (facts->prose[block] ? (double)facts->titled[block] : 0.0);
        sums->words[at + 1] = sums->words[at] + (facts->prose[block] ? (double)facts->words[block] : 0.0);
    }
    for (Py_ssize_t at = 0; at < sums->elements; at++) {
        const int64_t first = sums->before[facts->first[at]], last = sums->before[facts->last[at]];
        sums->rates[at] = least(1.0, 4 * (sums->titled[last] - sums->titled[first]) / (sums->words[last] - sums->words[first] + 30));
    }
}

/* Which elements hold the headline, and for all others which of these is the innermost around them. */
static void find_anchors(const Facts *facts, Sums *sums) {
    int64_t steps = 0;
    if (facts->headline_at < 0)
        return;
    for (int64_t at = facts->elements[facts->headline_at];; at = facts->parent[at]) {
        sums->down[at] = steps++;
        sums->anchor[at] = at;
        if (at == 0)
            break;
    }
    for (Py_ssize_t at = 1; at < sums->elements; at++)
        if (sums->anchor[at] == 0) /* none of those: as its parent, which stands before it */
            sums->anchor[at] = sums->anchor[facts->parent[at]];
}

/* ---- the features of one candidate, in the order of compiled_features.NAMES ---- */

typedef struct {
    const Facts *facts;
    const Sums *sums;
    Py_ssize_t at; /* among the blocks */
    double size, links;
    int64_t chain[LEVELS];
    double *next;
    Py_ssize_t step;
} Candidate;

static void put(Candidate *one, double value) {
    *one->next = value;
    one->next += one->step;
}

static void put_bits(Candidate *one, int64_t mask, int first, int count) {
    for (int bit = first; bit < first + count; bit++)
        put(one, (double)(mask >> bit & 1));
}

static void put_text(Candidate *one) {
    const Facts *facts = one->facts;
    const Py_ssize_t at = one->at;
    const double size = one->size, words = (double)(facts->blanks[at] + 1), notice = (double)facts->notice[at], links = one->links;
    const double commas = (double)facts->commas[at], head = (double)least_number(facts->lengths[at], 120);
    const int wide = facts->wide[at] > 0, is_short = size < 160, linked = facts->links[at] > 0;
    const int64_t first = facts->first_mark[at], last = facts->last_mark[at];
    put(one, size); /* log_chars */
    put(one, words); /* log_words */
    put(one, links);
    put(one, (double)facts->links[at]); /* log_links */
    put(one, wide ? least(1.0, commas / 8) : words > 1 ? commas / words : 0.0);
    put(one, (double)(facts->sentences[at] + ends_sentence(facts, at)) / (size / 80 + 1));
    put(one, ends_sentence(facts, at));
    put(one, (double)(last >> 3 & 1)); /* ends_colon */
    put(one, (double)facts->digits[at] / head);
    put(one, (double)facts->capitals[at] / head);
    put(one, wide ? 6.0 : least(20.0, size / words));
    put(one, (double)(first & 1)); /* starts_lower */
    put(one, (double)(first >> 1 & 1)); /* starts_quote */
    put(one, facts->bars[at] > 0);
    put(one, facts->short_date[at] != 0);
    put(one, facts->is_label[at] != 0);
    put(one, least(3.0, notice));
    put(one, is_short * least(2.0, (double)facts->linking[at]));
    put(one, size < 300 && facts->writer[at] > 0);
    put(one, is_short * least(2.0, notice));
    put(one, facts->breaks[at] > 0);
    put(one, least(4.0, (double)facts->titled[at]));
    put(one, (double)facts->titled[at] / (double)(facts->words[at] + 4));
    put(one, size < 15);
    put(one, size < 30);
    put(one, size < 60);
    put(one, size < 100);
    put(one, size > 200);
    put(one, size > 400);
    put(one, links > 0.2);
    put(one, links > 0.5);
    put(one, links > 0.9);
    put(one, size < 100 && linked && links > 0.3 && !(last >> 4 & 1)); /* short_link */
    put(one, facts->at_signs[at] > 0);
    put(one, facts->copyright_signs[at] > 0);
    put(one, linked && size < 300 && facts->ends_more[at]);
    put(one, least(3.0, (double)facts->wide_notice[at]));
}

static void put_place(Candidate *one) {
    const Facts *facts = one->facts;
    const Sums *sums = one->sums;
    const Py_ssize_t at = one->at, count = sums->blocks;
    const int64_t headline = facts->headline_at, since = most_number(0, headline), junk = facts->junk[at];
    const double total = sums->running[count], prose = total != 0 ? total : 1.0, chars = sums->cumulated[count - 1];
    static const Py_ssize_t NEAR[] = {3, 8, 20};
    for (int said = 0; said < SAID_ROWS; said++)
        put(one, (double)facts->said[said][at]);
    put(one, headline >= 0 && at < headline);
    put(one, at == headline);
    put(one, (double)most_number(0, at - since)); /* log_after_headline */
    put(one, (double)most_number(0, since - at)); /* log_before_headline */
    put(one, (double)at / (double)count);
    put(one, sums->cumulated[at] / chars);
    put(one, sums->running[at] / prose);
    put(one, (total - sums->running[at + 1]) / prose);
    put(one, most(0.0, sums->running[at] - sums->running[since]) / prose);
    put(one, headline >= 0);
    for (int near = 0; near < 3; near++)
        put(one, (sums->running[Py_MIN(count, at + NEAR[near])] - sums->running[Py_MAX(0, at - NEAR[near] + 1)]) / prose);
    put(one, (double)count); /* log_blocks */
    put(one, prose); /* log_prose */
    put(one, prose / chars);
    put(one, (double)facts->since[at] / 10);
    put(one, (double)facts->until[at] / 10);
    put(one, junk >= 0);
    put(one, (double)least_number(FAR, junk < 0 ? -junk : junk) / 10);
    put(one, junk == 0);
}

static void put_names(Candidate *one) {
    const Facts *facts = one->facts;
    const int64_t *chain = one->chain, own = chain[0], tag = facts->tag[own], masks = facts->inline_groups[one->at];
    const int64_t near = (chain[1] > 0 ? facts->carried[chain[1]] : 0) | (chain[2] > 0 ? facts->carried[chain[2]] : 0);
    const double size = one->size, links = one->links;
    const int item = tag == 7 || tag == 11 || tag == 12, paragraph = tag == 0, heading = tag >= 2 && tag <= 6, container = tag >= TEXT_TAGS;
    const int plain = links < 0.3, linked = links > 0.5;
    const int64_t since = facts->since[one->at], until = facts->until[one->at];
    int negative = 0;
    for (int number = 0; number < TAGS; number++)
        put(one, tag == number);
    for (int level = 0; level < LEVELS; level++) {
        negative |= (facts->carried[chain[level]] & facts->negative) > 0 && chain[level] > 0;
        if (level != 3)
            put(one, negative);
    }
    put(one, (double)least_number(facts->depth[own], 30) / 10);
    put(one, (double)facts->hidden[own]);
    put(one, (masks & facts->negative) > 0);
    put_bits(one, facts->flags[own] | masks, 0, GROUPS);
    put_bits(one, near, 0, GROUPS);
    put_bits(one, chain[2] > 0 ? facts->far[chain[3]] : 0, 0, GROUPS);
    put_bits(one, facts->far[own], GROUPS, CONTAINERS);
    put(one, item && linked);
    put(one, item && links < 0.1);
    put(one, item && size < 40);
    put(one, heading && linked);
    put(one, heading && since < 2 && until < 2);
    put(one, heading && until > 1);
    put(one, paragraph && size > 60 && plain);
    put(one, paragraph && size < 60);
    put(one, container && size < 60);
    put(one, container && !(size < 60) && plain);
    put(one, paragraph && links > 0.8);
}

static void put_shares(Candidate *one) {
    const Facts *facts = one->facts;
    const int64_t *around = one->chain + (facts->tag[one->chain[0]] < TEXT_TAGS);
    const double prose = facts->prose_chars[0] != 0 ? facts->prose_chars[0] : 1.0;
    for (int level = 0; level < 4; level++)
        put(one, facts->prose_chars[around[level]] / prose);
    for (int level = 0; level < 4; level++)
        put(one, facts->prose_blocks[around[level]]); /* log_prose_blocks */
    for (int level = 0; level < 4; level++) {
        const double linked = facts->element_link_chars[around[level]];
        put(one, linked / (facts->prose_chars[around[level]] + linked + 1));
    }
}

static int64_t shape_at(const Facts *facts, Py_ssize_t block) { return facts->shape[facts->elements[block]]; }
static int64_t parent_at(const Facts *facts, Py_ssize_t block) { return facts->parent[facts->elements[block]]; }

static void put_shape(Candidate *one) {
    const Facts *facts = one->facts;
    const Sums *sums = one->sums;
    const Py_ssize_t at = one->at, last = sums->blocks - 1;
    const int64_t shape = shape_at(facts, at), around = one->chain[1];
    const double number = (double)sums->shape_number[shape], chars = sums->shape_chars[shape], mean = chars / number;
    const double all = sums->cumulated[last] != 0 ? sums->cumulated[last] : 1.0;
    put(one, number); /* shape_log_count */
    put(one, mean < 1000 ? mean / 200 : 5.0);
    put(one, sums->shape_linked[shape] / (chars + 1));
    put(one, chars / all);
    put(one, (double)sums->shape_ends[shape] / number);
    put(one, (double)(facts->last[around] - facts->first[around])); /* container_log_blocks */
    put(one, at > 0 && parent_at(facts, at) == parent_at(facts, at - 1));
    put(one, at > 0 && shape == shape_at(facts, at - 1));
    put(one, at < last && parent_at(facts, at) == parent_at(facts, at + 1));
    put(one, at < last && shape == shape_at(facts, at + 1));
}

static double alike_prose(const Sums *sums, int64_t shape) {
    return sums->alike[shape] > 1 ? least(4.0, sums->alike_blocks[shape] / (double)sums->alike[shape]) : 0.0;
}

static double alike_links(const Sums *sums, int64_t shape) {
    const double linked = sums->alike_linked[shape];
    return sums->alike[shape] > 1 ? linked / (sums->alike_chars[shape] + linked + 1) : 0.0;
}

static void put_alike(Candidate *one) {
    const Sums *sums = one->sums;
    int64_t shape[4];
    for (int level = 0; level < 4; level++) {
        shape[level] = one->facts->shape[one->chain[level]];
        put(one, (double)(sums->siblings[one->chain[level]] - 1)); /* siblings: log */
    }
    for (int level = 0; level < 4; level++)
        put(one, (double)most_number(0, sums->alike[shape[level]] - 1)); /* alike: log */
    for (int level = 0; level < 4; level++)
        put(one, alike_prose(sums, shape[level]));
    for (int level = 0; level < 4; level++)
        put(one, alike_links(sums, shape[level]));
    for (int level = 0; level < 4; level++)
        put(one, sums->alike[shape[level]] > 2 && alike_prose(sums, shape[level]) <= 1.5 && alike_links(sums, shape[level]) > 0.1);
}

static void put_headline(Candidate *one, int64_t most_articles) {
    const Facts *facts = one->facts;
    const int64_t own = one->chain[0], anchor = one->sums->anchor[own], article = facts->article[own];
    const int found = facts->headline_at >= 0;
    const int64_t headline = found ? facts->article[facts->elements[facts->headline_at]] : 0;
    const int only = most_articles == 1, same = article > 0 && article == headline;
    const double prose = facts->prose_chars[0] != 0 ? facts->prose_chars[0] : 1.0;
    const double share = found ? facts->prose_chars[anchor] / prose : 0.0;
    put(one, found ? (double)least_number(12, facts->depth[own] - facts->depth[anchor]) / 4 : 0.0);
    put(one, (double)least_number(12, one->sums->down[anchor]) / 4);
    put(one, share);
    put(one, same);
    put(one, article > 0 && headline > 0 && !same);
    put(one, article > 1);
    put(one, article > 0 && only);
    put(one, article == 0 && only);
    put(one, one->size > 60 && one->links < 0.3 ? share : 0.0);
}

static void put_titles(Candidate *one) {
    const double *rates = one->sums->rates;
    for (int level = 1; level < 4; level++)
        put(one, rates[one->chain[level]]);
    for (int level = 1; level < 4; level++)
        put(one, rates[one->chain[level]] - rates[0]);
}

static void put_candidate(const Facts *facts, const Sums *sums, Py_ssize_t row, int64_t most_articles, double *out) {
    Candidate one = {facts, sums, (Py_ssize_t)facts->candidates[row], 0, 0, {0}, out + row, sums->candidates};
    one.size = facts->chars[one.at];
    one.links = facts->link_shares[one.at];
    one.chain[0] = facts->elements[one.at];
    for (int level = 1; level < LEVELS; level++)
        one.chain[level] = facts->parent[one.chain[level - 1]];
    put_text(&one);
    put_place(&one);
    put_names(&one);
    put_shares(&one);
    put_shape(&one);
    put_alike(&one);
    put_headline(&one, most_articles);
    put_titles(&one);
}

/* As many as the functions above put; the names in compiled_features.py are as many. */
#define FEATURES (37 + 27 + TAGS + 4 + 3 + 3 * GROUPS + CONTAINERS + 11 + 12 + 10 + 20 + 9 + 6)

static PyObject *filled(const Facts *facts, const Sums *sums) {
    PyObject *buffer = room_for(FEATURES, sums->candidates);
    int64_t most_articles = 0;
    if (buffer == NULL)
        return NULL;
    for (Py_ssize_t at = 0; at < sums->elements; at++)
        most_articles = most_number(most_articles, facts->article[at]);
    for (Py_ssize_t row = 0; row < sums->candidates; row++)
        put_candidate(facts, sums, row, most_articles, (double *)numbers_of(buffer));
    return buffer;
}

/* The rows of the arrays, under their names. */
static void name_rows(Facts *facts, const Sums *sums, const int64_t *blocks, const int64_t *words, const int64_t *said,
                      const int64_t *elements) {
#define BLOCKS(row) (blocks + (row) * sums->blocks)
#define ELEMENTS(row) (elements + (row) * sums->elements)
    const struct {
        const int64_t **name, *row;
    } rows[] = {
        {&facts->lengths, BLOCKS(LENGTH)},       {&facts->link_chars, BLOCKS(LINKED)},      {&facts->links, BLOCKS(LINK_COUNT)},
        {&facts->elements, BLOCKS(PLACE)},       {&facts->blanks, BLOCKS(BLANKS)},          {&facts->commas, BLOCKS(COMMAS)},
        {&facts->breaks, BLOCKS(BREAKS)},        {&facts->sentences, BLOCKS(SENTENCES)},    {&facts->wide, BLOCKS(WIDE)},
        {&facts->digits, BLOCKS(DIGITS)},        {&facts->capitals, BLOCKS(CAPITALS)},      {&facts->bars, BLOCKS(BARS)},
        {&facts->at_signs, BLOCKS(AT_SIGNS)},    {&facts->copyright_signs, BLOCKS(COPYRIGHT_SIGNS)},
        {&facts->first_mark, BLOCKS(FIRST_MARK)}, {&facts->last_mark, BLOCKS(LAST_MARK)},   {&facts->inline_groups, BLOCKS(INLINE_GROUPS)},
        {&facts->ends_more, BLOCKS(ENDS_MORE)},  {&facts->prose, BLOCKS(PROSE)},            {&facts->since, BLOCKS(SINCE_PROSE)},
        {&facts->until, BLOCKS(UNTIL_PROSE)},    {&facts->is_label, BLOCKS(IS_LABEL)},      {&facts->short_date, BLOCKS(SHORT_DATE)},
        {&facts->wide_notice, BLOCKS(WIDE_NOTICE)}, {&facts->parent, ELEMENTS(E_PARENT)},   {&facts->shape, ELEMENTS(E_SHAPE)},
        {&facts->article, ELEMENTS(E_ARTICLE)},  {&facts->hidden, ELEMENTS(E_HIDDEN)},      {&facts->depth, ELEMENTS(E_DEPTH)},
        {&facts->flags, ELEMENTS(E_FLAGS)},      {&facts->tag, ELEMENTS(E_TAG)},            {&facts->carried, ELEMENTS(E_CARRIED)},
        {&facts->far, ELEMENTS(E_FAR)},          {&facts->first, ELEMENTS(E_FIRST)},        {&facts->last, ELEMENTS(E_LAST)},
        {&facts->words, words + WORDS * sums->blocks},          {&facts->titled, words + TITLED * sums->blocks},
        {&facts->notice, words + NOTICE_WORDS * sums->blocks},  {&facts->linking, words + LINKING_WORDS * sums->blocks},
        {&facts->writer, words + WRITER_WORDS * sums->blocks},
    };
    for (size_t at = 0; at < sizeof rows / sizeof *rows; at++)
        *rows[at].name = rows[at].row;
    for (int row = 0; row < SAID_ROWS; row++)
        facts->said[row] = said + row * sums->blocks;
    facts->chars = (const double *)BLOCKS(CHARS);
    facts->link_shares = (const double *)BLOCKS(LINK_SHARE);
    facts->prose_chars = (const double *)ELEMENTS(E_PROSE_CHARS);
    facts->prose_blocks = (const double *)ELEMENTS(E_PROSE_BLOCKS);
    facts->element_link_chars = (const double *)ELEMENTS(E_LINK_CHARS);
#undef BLOCKS
#undef ELEMENTS
}

enum { GIVEN_BLOCKS, GIVEN_WORDS, GIVEN_SAID, GIVEN_JUNK, GIVEN_CANDIDATES, GIVEN_ELEMENTS, GIVEN };

/* How many blocks, candidates and elements there are, as all arrays agree. */
static int read_sizes(const Py_buffer *given, Sums *sums) {
    sums->blocks = given[GIVEN_BLOCKS].len / NUMBER / BLOCK_ROWS;
    sums->elements = given[GIVEN_ELEMENTS].len / NUMBER / ELEMENT_ROWS;
    sums->candidates = given[GIVEN_CANDIDATES].len / NUMBER;
    if (given[GIVEN_BLOCKS].len == BLOCK_ROWS * sums->blocks * NUMBER && given[GIVEN_ELEMENTS].len == ELEMENT_ROWS * sums->elements * NUMBER &&
        given[GIVEN_WORDS].len >= WORD_ROWS * sums->blocks * NUMBER && given[GIVEN_SAID].len == SAID_ROWS * sums->blocks * NUMBER &&
        given[GIVEN_JUNK].len == sums->blocks * NUMBER)
        return 0;
    return odd_array();
}

PyDoc_STRVAR(first_features_doc,
             "first_features(blocks, words, said, junk, candidates, elements, headline_at, negative) -> bytearray of doubles\n\n"
             "Of the candidates of an HTML page, a feature after the other, from arrays of 64 bit numbers, a row after the other as\n"
             "_rows.h has them: compiled_features.py hands them over and knows the names of the features.");

static PyObject *first_features(PyObject *module, PyObject *args) {
    Py_buffer given[GIVEN] = {{0}};
    long long headline_at, negative;
    Facts facts;
    Sums sums = {0};
    PyObject *found = NULL;
    (void)module;
    if (PyArg_ParseTuple(args, "y*y*y*y*y*y*LL", &given[0], &given[1], &given[2], &given[3], &given[4], &given[5], &headline_at, &negative) &&
        read_sizes(given, &sums) == 0) {
        facts = (Facts){.headline_at = headline_at, .negative = negative, .junk = given[GIVEN_JUNK].buf,
                        .candidates = given[GIVEN_CANDIDATES].buf};
        name_rows(&facts, &sums, given[GIVEN_BLOCKS].buf, given[GIVEN_WORDS].buf, given[GIVEN_SAID].buf, given[GIVEN_ELEMENTS].buf);
        if (check_places(&facts, &sums) == 0 && take_memory(&sums) == 0) {
            sum_blocks(&facts, &sums);
            find_anchors(&facts, &sums);
            if (sum_elements(&facts, &sums) == 0) {
                sum_titles(&facts, &sums);
                found = filled(&facts, &sums);
            }
        }
    }
    PyMem_Free(sums.memory);
    release_arrays(given, GIVEN);
    return found;
}

/* ---- the second pass: context.py ---- */

#define NEAR 3 /* neighbours on each side */
#define EDGE_SCORE (-4.0)
#define CLIP 6.0
#define PRIOR 40.0
#define PRIOR_SHARE 0.3
#define WORST (-99.0)
#define SHAPES_MORE 16 /* than elements: a dump has few, but may be of one line */

/* Named arrays, as the second pass is handed them. */
enum Kind { OF_BLOCKS, OF_CANDIDATES, OF_ELEMENTS, SINGLE };
typedef struct {
    const char *name;
    enum Kind kind;
    char type; /* `i` 64 bit whole numbers, `d` doubles */
    size_t place;
} Array;

static int is_of(const Py_buffer *view, char type) {
    const char *format = view->format != NULL ? view->format : "";
    return view->itemsize == 8 && (type == 'd' ? strcmp(format, "d") == 0 : strcmp(format, "l") == 0 || strcmp(format, "q") == 0);
}

/* `known` are the numbers of blocks, candidates and elements, negative as long as no array has told them. */
static int read_arrays(PyObject *given, const Array *arrays, size_t number, Py_buffer *views, void *facts, Py_ssize_t *const known[3]) {
    for (size_t at = 0; at < number; at++) {
        PyObject *array = PyDict_GetItemString(given, arrays[at].name);
        Py_ssize_t count;
        if (array == NULL || PyObject_GetBuffer(array, &views[at], PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_KeyError, "%s is missing", arrays[at].name);
            return -1;
        }
        count = views[at].len / 8;
        if (arrays[at].kind != SINGLE && *known[arrays[at].kind] < 0)
            *known[arrays[at].kind] = count;
        if (!is_of(&views[at], arrays[at].type) || count != (arrays[at].kind == SINGLE ? 1 : *known[arrays[at].kind])) {
            PyErr_Format(PyExc_ValueError, "%s is of another type or length", arrays[at].name);
            return -1;
        }
        memcpy((char *)facts + arrays[at].place, &views[at].buf, sizeof(void *));
    }
    return 0;
}

typedef struct {
    const double *scores, *chances, *sizes;                  /* candidates */
    const int64_t *shapes, *leaves;
    const int64_t *parents, *first, *last;                   /* elements; first and last count candidates */
    const double *total, *best, *top;                        /* single numbers: expected text, the best score, the mean of the best */
} Around;

static const Array AROUND[] = {
#define A(name, kind, type) {#name, kind, type, offsetof(Around, name)}
    A(scores, OF_CANDIDATES, 'd'), A(chances, OF_CANDIDATES, 'd'), A(sizes, OF_CANDIDATES, 'd'), A(shapes, OF_CANDIDATES, 'i'),
    A(leaves, OF_CANDIDATES, 'i'), A(parents, OF_ELEMENTS, 'i'),   A(first, OF_ELEMENTS, 'i'),   A(last, OF_ELEMENTS, 'i'),
    A(total, SINGLE, 'd'),         A(best, SINGLE, 'd'),           A(top, SINGLE, 'd'),
#undef A
};
#define AROUND_COUNT (sizeof AROUND / sizeof *AROUND)

typedef struct { /* worked out once: by element, by class path, by candidate */
    Py_ssize_t candidates, elements, shapes;
    double *mass, *size, *best, *in_parent;
    double *shape_mass, *shape_chars;
    int64_t *shape_count, *next_kept, *kept_before; /* of a place: the first kept one from it on, the last before it */
    double *running, *running_size;
    double largest_shape, largest_parent;
    int64_t first_kept, last_kept, kept, most, core; /* `most` and `core`: the smallest elements with enough of the text */
    void *memory;
} Contexts;

static int take_context_memory(Contexts *sums) {
    const size_t elements = (size_t)sums->elements, shapes = (size_t)sums->shapes, places = (size_t)sums->candidates + 1;
    const size_t sizes[] = {elements, elements, elements, elements, shapes, shapes, shapes, places, places, places, places};
    void **const at[] = {(void **)&sums->mass,        (void **)&sums->size,        (void **)&sums->best,
                         (void **)&sums->in_parent,   (void **)&sums->shape_mass,  (void **)&sums->shape_chars,
                         (void **)&sums->shape_count, (void **)&sums->next_kept,   (void **)&sums->kept_before,
                         (void **)&sums->running,     (void **)&sums->running_size};
    char *next = sums->memory = PyMem_Calloc(4 * elements + 3 * shapes + 4 * places, 8);
    if (next == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t each = 0; each < sizeof sizes / sizeof *sizes; next += 8 * sizes[each++])
        *at[each] = next;
    return 0;
}

static int check_around(const Around *page, Contexts *sums) {
    sums->shapes = sums->elements + SHAPES_MORE;
    if (sums->candidates > 0 && sums->elements > 0 && all_within(page->shapes, sums->candidates, sums->shapes) &&
        all_within(page->leaves, sums->candidates, sums->elements) && all_within(page->parents, sums->elements, sums->elements) &&
        all_within(page->first, sums->elements, sums->candidates + 1) && all_within(page->last, sums->elements, sums->candidates + 1))
        return 0;
    return odd_place();
}

static double mass_of(const Around *page, Py_ssize_t at) { return page->chances[at] * page->sizes[at]; }

static void sum_candidates(const Around *page, Contexts *sums) {
    const Py_ssize_t count = sums->candidates;
    sums->kept_before[0] = -1;
    sums->next_kept[count] = count;
    for (Py_ssize_t at = 0; at < count; at++) {
        const int64_t shape = page->shapes[at], parent = page->parents[page->leaves[at]];
        sums->running[at + 1] = sums->running[at] + mass_of(page, at);
        sums->running_size[at + 1] = sums->running_size[at] + page->sizes[at];
        sums->shape_count[shape]++;
        sums->shape_chars[shape] += page->sizes[at];
        sums->largest_shape = most(sums->largest_shape, sums->shape_mass[shape] += mass_of(page, at));
        sums->largest_parent = most(sums->largest_parent, sums->in_parent[parent] += mass_of(page, at));
        sums->kept += page->scores[at] > 0;
        sums->kept_before[at + 1] = page->scores[at] > 0 ? at : sums->kept_before[at];
    }
    for (Py_ssize_t at = count; at-- > 0;)
        sums->next_kept[at] = page->scores[at] > 0 ? at : sums->next_kept[at + 1];
    sums->first_kept = sums->kept ? sums->next_kept[0] : 0;
    sums->last_kept = sums->kept ? sums->kept_before[count] : 0;
}

/* The smallest container that holds enough of the expected text. */
static int64_t lowest_with(const Contexts *sums, double enough) {
    int64_t lowest = -1;
    for (Py_ssize_t at = 0; at < sums->elements; at++)
        if (sums->mass[at] >= enough && (lowest < 0 || sums->size[at] < sums->size[lowest]))
            lowest = at;
    return most_number(0, lowest);
}

static void sum_containers(const Around *page, Contexts *sums) {
    for (Py_ssize_t at = 0; at < sums->elements; at++) {
        const int64_t first = page->first[at], last = page->last[at];
        sums->mass[at] = sums->running[last] - sums->running[first];
        sums->size[at] = sums->running_size[last] - sums->running_size[first];
        sums->best[at] = first < last ? page->scores[first] : WORST;
        for (int64_t each = first + 1; each < last; each++)
            sums->best[at] = most(sums->best[at], page->scores[each]);
    }
    sums->most = lowest_with(sums, 0.9 * *page->total);
    sums->core = lowest_with(sums, 0.6 * *page->total);
}

/* ---- the features of one candidate, in the order of compiled_features.SECOND_NAMES ---- */

typedef struct {
    const Around *page;
    const Contexts *sums;
    Py_ssize_t at;
    int64_t above[LEVELS - 1];
} Standing;

static double clipped(double value, double low, double high) { return least(most(value, low), high); }

static void put_neighbours(Candidate *one, const Standing *here) {
    static const int STEPS[] = {-3, -2, -1, 1, 2, 3};
    const Around *page = here->page;
    const Py_ssize_t at = here->at, count = here->sums->candidates;
    put(one, clipped(page->scores[at], -CLIP, CLIP));
    put(one, page->chances[at]);
    for (int each = 0; each < 2 * NEAR; each++) {
        const Py_ssize_t near = at + STEPS[each];
        put(one, near >= 0 && near < count ? clipped(page->scores[near], -CLIP, CLIP) : EDGE_SCORE);
    }
    for (int each = 0; each < 2 * NEAR; each++) {
        const Py_ssize_t near = at + STEPS[each];
        put(one, near >= 0 && near < count ? page->chances[near] : 0.0);
    }
    put(one, at > 0 && at + 1 < count ? page->chances[at - 1] * page->chances[at + 1] : 0.0); /* both_neighbours */
}

static int is_inside(const Standing *here, int64_t element) {
    const int64_t first = here->page->first[element], last = here->page->last[element];
    const int64_t next = here->sums->next_kept[first], before = here->sums->kept_before[last];
    return next < last && next < here->at && before >= first && here->at < before;
}

static void put_containers(Candidate *one, const Standing *here) {
    const Contexts *sums = here->sums;
    const double mass = mass_of(here->page, here->at), size = here->page->sizes[here->at];
    for (int level = 0; level < LEVELS - 1; level++)
        put(one, (sums->mass[here->above[level]] - mass) / (sums->size[here->above[level]] - size + PRIOR));
    for (int level = 0; level < LEVELS - 1; level++)
        put(one, sums->mass[here->above[level]] / *here->page->total);
    for (int level = 0; level < LEVELS - 1; level++)
        put(one, is_inside(here, here->above[level]));
}

static void put_alike_paths(Candidate *one, const Standing *here) {
    const Contexts *sums = here->sums;
    const int64_t shape = here->page->shapes[here->at], count = sums->shape_count[shape];
    const double inside = sums->shape_mass[shape], mass = mass_of(here->page, here->at), size = here->page->sizes[here->at];
    const double others = (inside - mass + PRIOR * PRIOR_SHARE) / (sums->shape_chars[shape] - size + PRIOR);
    put(one, count > 1 ? others : PRIOR_SHARE);
    put(one, inside / *here->page->total);
    put(one, count > 1);
    put(one, (double)count); /* shape_log_count */
    put(one, inside / (sums->largest_shape != 0 ? sums->largest_shape : 1.0));
}

static int lies_in(const Standing *here, int64_t element) {
    return here->page->first[element] <= here->at && here->at < here->page->last[element];
}

static void put_on_page(Candidate *one, const Standing *here) {
    const Contexts *sums = here->sums;
    const int64_t at = here->at, last = sums->kept_before[at], next = sums->next_kept[at + 1];
    const double since = (double)(last < 0 ? FAR : least_number(FAR, at - last));
    const double until = (double)(next >= sums->candidates ? FAR : least_number(FAR, next - at));
    const double total = *here->page->total, mass = mass_of(here->page, at), before = sums->running[at + 1] - mass;
    put(one, lies_in(here, sums->most));
    put(one, lies_in(here, sums->core));
    put(one, sums->first_kept < at && at < sums->last_kept);
    put(one, at < sums->first_kept);
    put(one, at > sums->last_kept);
    put(one, since / 10);
    put(one, until / 10);
    put(one, least(since, until) / 10);
    put(one, most(since, until) / 10);
    put(one, before / total);
    put(one, (total - before - mass) / total);
    put(one, total); /* log_mass */
    put(one, since <= 1 && until <= 1);
    put(one, least(3.0, here->page->sizes[at] / total));
    put(one, (double)sums->kept); /* log_kept */
}

static void put_against_best(Candidate *one, const Standing *here) {
    const Contexts *sums = here->sums;
    const double score = here->page->scores[here->at], best = *here->page->best, top = *here->page->top;
    const double share = sums->in_parent[here->above[0]] / (sums->largest_parent != 0 ? sums->largest_parent : 1.0);
    put(one, most(-8.0, score - best));
    put(one, clipped(score - top, -8.0, 4.0));
    put(one, clipped(best, -4.0, CLIP));
    put(one, clipped(top, -4.0, CLIP));
    put(one, most(-8.0, sums->best[here->above[0]] - best));
    put(one, most(-8.0, sums->best[here->above[1]] - best));
    put(one, share);
    put(one, share > 0.99);
}

#define SECOND_FEATURES (3 + 4 * NEAR + 3 * (LEVELS - 1) + 5 + 15 + 8)

static PyObject *filled_around(const Around *page, const Contexts *sums) {
    PyObject *buffer = room_for(SECOND_FEATURES, sums->candidates);
    for (Py_ssize_t row = 0; buffer != NULL && row < sums->candidates; row++) {
        Candidate one = {.next = (double *)numbers_of(buffer) + row, .step = sums->candidates};
        Standing here = {page, sums, row, {page->parents[page->leaves[row]]}};
        for (int level = 1; level < LEVELS - 1; level++)
            here.above[level] = page->parents[here.above[level - 1]];
        put_neighbours(&one, &here);
        put_containers(&one, &here);
        put_alike_paths(&one, &here);
        put_on_page(&one, &here);
        put_against_best(&one, &here);
    }
    return buffer;
}

static PyObject *features_around(const Around *page, Contexts *sums) {
    PyObject *found = NULL;
    if (check_around(page, sums) == 0 && take_context_memory(sums) == 0) {
        sum_candidates(page, sums);
        sum_containers(page, sums);
        found = filled_around(page, sums);
    }
    PyMem_Free(sums->memory);
    return found;
}

PyDoc_STRVAR(second_features_doc, "second_features(arrays) -> bytearray of doubles, a feature after the other\n\n"
                                  "Of the candidates of a page, from named arrays: compiled_context.py makes them and knows the names.");

static PyObject *second_features(PyObject *module, PyObject *given) {
    Py_buffer views[AROUND_COUNT];
    Around page;
    Contexts sums = {.candidates = -1, .elements = -1};
    Py_ssize_t blocks = -1, *const known[] = {&blocks, &sums.candidates, &sums.elements};
    PyObject *found = NULL;
    (void)module;
    memset(views, 0, sizeof views);
    if (!PyDict_Check(given))
        return PyErr_Format(PyExc_TypeError, "arrays are a dict");
    if (read_arrays(given, AROUND, AROUND_COUNT, views, &page, known) == 0)
        found = features_around(&page, &sums);
    release_arrays(views, AROUND_COUNT);
    return found;
}

/* The candidates of an HTML page as the second pass needs them: scoring.surroundings_of. */
static int surroundings_of(const int64_t *blocks, Py_ssize_t block_count, const int64_t *candidates, const int64_t *elements, Around *page,
                           const Contexts *sums, int64_t *room) {
    const Py_ssize_t count = sums->candidates, number = sums->elements;
    int64_t *shapes = room, *leaves = shapes + count, *first = leaves + count, *last = first + number, *before = last + number;
    double *sizes = (double *)(before + block_count + 1);
    for (Py_ssize_t block = 0, at = 0; block <= block_count; block++) { /* candidates stand in the page's order */
        before[block] = at;
        at += at < count && candidates[at] == block;
    }
    if (!all_within(candidates, count, block_count) || before[block_count] != count ||
        !all_within(elements + E_FIRST * number, number, block_count + 1) || !all_within(elements + E_LAST * number, number, block_count + 1))
        return odd_place();
    for (Py_ssize_t at = 0; at < count; at++) {
        leaves[at] = blocks[PLACE * block_count + candidates[at]];
        if (leaves[at] < 0 || leaves[at] >= number)
            return odd_place();
        shapes[at] = elements[E_SHAPE * number + leaves[at]];
        sizes[at] = ((const double *)blocks)[CHARS * block_count + candidates[at]];
    }
    for (Py_ssize_t at = 0; at < number; at++) {
        first[at] = before[elements[E_FIRST * number + at]];
        last[at] = before[elements[E_LAST * number + at]];
    }
    page->shapes = shapes;
    page->leaves = leaves;
    page->first = first;
    page->last = last;
    page->sizes = sizes;
    page->parents = elements + E_PARENT * number;
    return 0;
}

PyDoc_STRVAR(second_features_of_page_doc,
             "second_features_of_page(blocks, candidates, elements, scores, chances, total, best, top) -> bytearray of doubles\n\n"
             "As second_features, from the arrays of a page that first_features is given.");

static PyObject *second_features_of_page(PyObject *module, PyObject *args) {
    Py_buffer given[5] = {{0}};
    double total, best, top;
    Around page = {.total = &total, .best = &best, .top = &top};
    Contexts sums = {0};
    PyObject *found = NULL;
    int64_t *room = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*ddd", &given[0], &given[1], &given[2], &given[3], &given[4], &total, &best, &top))
        return NULL;
    const Py_ssize_t blocks = given[0].len / NUMBER / BLOCK_ROWS;
    sums.candidates = given[1].len / NUMBER;
    sums.elements = given[2].len / NUMBER / ELEMENT_ROWS;
    page.scores = given[3].buf;
    page.chances = given[4].buf;
    if (given[0].len != BLOCK_ROWS * blocks * NUMBER || given[2].len != ELEMENT_ROWS * sums.elements * NUMBER ||
        given[3].len != given[1].len || given[4].len != given[1].len)
        odd_array();
    else if ((room = PyMem_Malloc((size_t)(3 * sums.candidates + 2 * sums.elements + blocks + 1) * sizeof *room)) == NULL)
        PyErr_NoMemory();
    else if (surroundings_of(given[0].buf, blocks, given[1].buf, given[2].buf, &page, &sums, room) == 0)
        found = features_around(&page, &sums);
    PyMem_Free(room);
    release_arrays(given, 5);
    return found;
}

static PyMethodDef METHODS[] = {
    {"first_features", first_features, METH_VARARGS, first_features_doc},
    {"second_features", second_features, METH_O, second_features_doc},
    {"second_features_of_page", second_features_of_page, METH_VARARGS, second_features_of_page_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_features",
    .m_doc = "The features of both passes, compiled; the columns' modules and context.py are the reference.",
    .m_size = -1,
    .m_methods = METHODS,
};

PyMODINIT_FUNC PyInit__features(void) {
    PyObject *module = PyModule_Create(&MODULE);
    if (module != NULL && PyModule_AddIntConstant(module, "EDITION", EDITION) < 0)
        Py_CLEAR(module);
    return module;
}
