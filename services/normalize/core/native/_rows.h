/* The rows of the arrays that _measures.c and _texts.c fill and _features.c reads, in the order of their names in measures.py,
 * texts.py and facts.py. Those named so are of doubles, all others of 64 bit whole numbers. */
#ifndef ROWS_H
#define ROWS_H

/* measures.BLOCK_ROWS; from DIGITS on five in the order of the bits of COUNT_TABLE. */
enum {
    LENGTH, LINKED, LINK_COUNT, PLACE, BLANKS, COMMAS, BREAKS, SENTENCES, WIDE, DIGITS, CAPITALS, BARS, AT_SIGNS, COPYRIGHT_SIGNS,
    FIRST_MARK, LAST_MARK, INLINE_GROUPS, ENDS_MORE, MAY_BE_WIDE, PROSE, SINCE_PROSE, UNTIL_PROSE, SHORT_DATE, IS_LABEL, WIDE_NOTICE,
    CHARS /* double */, LINK_SHARE /* double */, BLOCK_ROWS
};

/* measures.ELEMENT_ROWS */
enum {
    E_PARENT, E_END, E_FIRST, E_LAST, E_SHAPE, E_ARTICLE, E_HIDDEN, E_FLAGS, E_TAG, E_DEPTH, E_CARRIED, E_FAR,
    E_PROSE_CHARS /* double */, E_PROSE_BLOCKS /* double */, E_LINK_CHARS /* double */, ELEMENT_ROWS
};

/* facts.WORD_ROWS; the words of notices come behind them. */
enum { WORDS, TITLED, NOTICE_WORDS, LINKING_WORDS, WRITER_WORDS, WORD_ROWS };

/* texts.SAID_ROWS */
enum { IS_HEADLINE, IN_TITLE, IN_DESCRIPTION, IN_BODY, NOT_IN_BODY, REPEATED, SAID_ROWS };

#endif
